"""ImageJ itself as a row of the tables."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from toy import planned_jobs

from nucleibench.images import read_labels

pytestmark = pytest.mark.workflow
COMPARE = ["fiji", "imagej"]


def test_imagej_has_jobs_of_its_own(fresh_workflow):
    jobs = planned_jobs(fresh_workflow.run("-n", compare=COMPARE).stdout)
    assert jobs["segment_imagej"] == jobs["segment_classical"] == 2
    assert jobs["evaluate_method"] == 4


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
