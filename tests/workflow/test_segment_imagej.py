"""ImageJ itself as a row of the tables."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from toy import planned_jobs

from nucleibench.images import read_labels

pytestmark = pytest.mark.workflow
COMPARE = ["fiji", "imagej"]


def test_java_starts_once_for_all_images(fresh_workflow):
    output = fresh_workflow.run("-n", "--cores", "8", compare=COMPARE).stdout
    jobs = planned_jobs(output)
    assert (jobs["segment"], jobs["evaluate_method"]) == (4, 4)
    blocks = {method: job_of(output, f"segmentations/{method}/tnbc") for method in COMPARE}
    assert "threads: 8" in blocks["fiji"]
    assert "threads:" not in blocks["imagej"], "one process has them all"


def job_of(output: str, target: str) -> str:
    """Return what a dry run tells of the job that makes a file or folder."""
    return next(block for block in output.split("\n[") if f"output: results/{target}" in block)


@pytest.mark.skipif(
    not (Path("/usr/share/java/ij.jar").exists() and shutil.which("java")),
    reason="no ImageJ (Debian: apt install imagej)",
)
def test_its_label_maps_are_those_of_the_engine_without_java(fresh_workflow):
    targets = [f"results/segmentations/{method}/tnbc" for method in COMPARE]
    result = fresh_workflow.run("--", *targets, compare=COMPARE)
    assert result.returncode == 0, result.stdout
    theirs, ours = [
        [read_labels(path) for path in sorted((fresh_workflow.folder / target).glob("*.tif"))]
        for target in targets
    ]
    np.testing.assert_array_equal(ours, theirs)
    assert len(ours) == 1
