"""Two working copies that share a cache of outputs: the second prepares nothing itself."""

import os
import re
from pathlib import Path

import pytest
from toy import Workflow

pytestmark = pytest.mark.workflow
TARGETS = [
    "results/tiles/normalized/plain/tiles.csv",
    "results/tiles/normalized/augmented/tiles.csv",
]
PREPARED = [
    "data",
    "normalized",
    "weight_maps",
    "tiles/normalized/plain",
    "tiles/normalized/augmented",
]


def run(workflow: Workflow, *targets: str, **changes) -> set[str]:
    """Run Snakemake with the cache; return the outputs that it made and moved there."""
    result = workflow.run("--cache", "--", *targets, **changes)
    assert result.returncode == 0, result.stdout
    return set(re.findall(r"Moving output file results/(\S+) to cache", result.stdout))


def prepared_files(workflow: Workflow) -> dict[str, Path]:
    results = workflow.folder / "results"
    files = {
        os.path.relpath(Path(folder, name), results): Path(folder, name)
        for place in PREPARED
        for folder, _, names in os.walk(results / place, followlinks=True)
        for name in names
        if name != ".snakemake_timestamp"
    }
    assert len(files) > 20
    return files


def test_the_second_copy_takes_everything_from_the_first(tmp_path, monkeypatch):
    for name in ("cache", "first", "second", "third"):
        (tmp_path / name).mkdir()
    cache = tmp_path / "cache"
    monkeypatch.setenv("SNAKEMAKE_OUTPUT_CACHE", str(cache))
    first, second, third = (Workflow(tmp_path / name) for name in ("first", "second", "third"))

    made = run(first, *TARGETS)
    assert {"data/monuseg/images", "tiles/normalized/augmented/weights.npy"} <= made
    assert run(second, *TARGETS) == set()
    before, after = prepared_files(first), prepared_files(second)
    assert before.keys() == after.keys()
    for name, path in after.items():
        assert cache in path.resolve().parents, f"{name} was made again"
        assert path.read_bytes() == before[name].read_bytes()
    again = second.run("-n", "--cache", "--", *TARGETS).stdout
    assert "Nothing to be done" in again

    # Other colours are other outputs; what lies before them still comes from the cache.
    colours = {"engine": "none", "reference": "SYN-LIVER-01"}
    made = run(third, TARGETS[0], normalization=colours)
    assert {"normalized/monuseg", "tiles/normalized/plain/images.npy"} <= made
    assert not [name for name in made if name.startswith(("data", "weight_maps"))]
