"""The real workflow at toy size, for the tests in this folder."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]

# The real workflow at the smallest size: synthetic images, networks trained for a step or two.
TOY = {
    "datasets": {
        "monuseg": {
            "archives": {
                "train": {"synthetic": {"images": 4, "size": 96}},
                "test": {"synthetic": {"images": 1, "size": 96}},
            }
        },
        "tnbc": {"archives": {"all": {"synthetic": {"images": 1, "size": 96}}}},
    },
    "normalization": {"reference": "SYN-LIVER-01"},
    "tiles": {"size": 64, "variants": 2},
    "inference": {"overlap": 0.1, "batch_size": 4},
    "candidates": {"thresholds": [0.5], "min_sizes": [10]},
    "training": {"execution": "eager", "threads": 1, "batch_size": 8, "max_epochs": 1},
    "networks": {
        "unet_a": {"family": "unet", "encoder": "compact"},
        "unet_b": {"family": "unet", "encoder": "compact", "seeds": [7]},
    },
    "methods": {
        "unet_a": {"network": "unet_a"},
        "unet_b": {"network": "unet_b"},
        "both": {"networks": ["unet_a", "unet_b"]},
    },
    "compare": ["otsu", "unet_a", "unet_b", "both"],
    "figure_3_methods": ["unet_a", "both"],
}


@dataclass
class Workflow:
    """The project's Snakefile, run in a folder of its own with a configuration of its own."""

    folder: Path
    gpu: int = 0

    def run(self, *arguments: str, **changes: object) -> subprocess.CompletedProcess:
        config = self.folder / "config.yaml"
        config.write_text(yaml.safe_dump({**TOY, "results": "results", **changes}))
        return self.call("--configfile", str(config), *arguments)

    def call(self, *arguments: str) -> subprocess.CompletedProcess:
        """Call Snakemake; standard output and standard error come back as one text."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
        command += ["--cores", "2", "--resources", f"gpu={self.gpu}"]
        command += ["--directory", str(self.folder)]
        return subprocess.run(
            [*command, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200"},
            timeout=900,
        )


def planned_jobs(output: str) -> dict[str, int]:
    """Return rule -> number of jobs from the table that a dry run prints."""
    lines = output.rsplit("Job stats:", 1)[1].split("Reasons:")[0].splitlines()
    rows = [line.split() for line in lines if len(line.split()) == 2]
    return {rule: int(count) for rule, count in rows if count.isdigit() and rule != "total"}
