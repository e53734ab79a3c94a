"""What Snakemake takes to plan: the paper, every organ held out, and many slides of one's own."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.registry import Candidate, Comparison, Inputs, Work

ROOT = Path(__file__).parents[2]
PARTS = (
    "Snakefile", "config.yaml", "config", "rules", "scripts", "nucleibench", "envs", "profiles",
    "report", "uv.lock",
)  # fmt: skip
HOLD_OUT = "results/hold_out/tables/hold_out.md"
SMALLEST = 'rule all:\n    output: "done.txt"\n    shell: "touch {output}"\n'
START = "a workflow of one file: what Snakemake's start takes"


def draw_nothing(size: int) -> dict[str, Any]:
    return {"size": size}


def _plan(folder: Path, *arguments: str) -> Work:
    """Return a dry run; its number is how many jobs there are."""
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules", "--cores", "all"]

    def work():
        done = subprocess.run([*command, *arguments], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError((done.stderr or done.stdout).strip().splitlines()[-1])
        return {}

    return work


def _copy() -> Path:
    """Return a copy of the project without any result."""
    folder = Path(tempfile.mkdtemp(prefix="nucleibench-plan-")) / "project"
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    return folder


def paper(inputs: Inputs) -> Work:
    return _plan(_copy())


def every_organ(inputs: Inputs) -> Work:
    return _plan(_copy(), "--configfile", "config/hold_out.yaml", "--", HOLD_OUT)


def slides(inputs: Inputs) -> Work:
    import numpy as np
    import tifffile

    folder, names = _copy(), [f"slide{number}.tif" for number in range(int(inputs["size"]))]
    pixels = np.full((64, 64, 3), 200, np.uint8)
    resolution: Any = {"resolution": (40000, 40000), "resolutionunit": "CENTIMETER"}
    tifffile.imwrite(folder / names[0], pixels, photometric="rgb", **resolution)
    for name in names[1:]:
        (folder / name).hardlink_to(folder / names[0])
    (folder / "cohort.csv").write_text("\n".join(["slide", *names]) + "\n")
    (folder / "slides.yaml").write_text("slides: {images: cohort.csv}\n")
    return _plan(folder, "--configfile", "slides.yaml", "--", "segment_slides")


def smallest(inputs: Inputs) -> Work:
    folder = Path(tempfile.mkdtemp(prefix="nucleibench-plan-"))
    (folder / "Snakefile").write_text(SMALLEST)
    return _plan(folder)


def compare(name: str, ours: Any, sizes: tuple[int, ...], quick: tuple[int, ...]) -> Comparison:
    return Comparison(
        f"Dry run of {name}",
        draw_nothing,
        Candidate("ours", ours),
        (Candidate("smallest workflow", smallest, differs=START),),
        sizes=sizes,
        quick=quick,
        unit="slides" if len(sizes) > 1 else "experiment",
        dimension=1,
    )


COMPARISONS = [
    compare("the paper", paper, (1,), (1,)),
    compare("every organ held out", every_organ, (1,), ()),
    compare("slides", slides, (125, 250, 500, 1000), ()),
]
