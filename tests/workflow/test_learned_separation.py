"""A network that learns more than nucleus or not, through the real workflow at toy size."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from toy import TOY, Workflow, planned_jobs

pytestmark = pytest.mark.workflow

NETWORK = {
    "family": "unet",
    "encoder": "compact",
    "target": "horizontal_vertical",
    "variation": {"rotate_flip": True, "concentration": 0.2, "angle": 4, "blur": 1},
}
CHANGES = {
    "networks": {"places": NETWORK},
    "methods": {"places": {"network": "places", "separation": "horizontal_vertical"}},
    "compare": ["places"],
    "figure_3_methods": ["places"],
    "candidates": {**TOY["candidates"], "depths": [0.1, 0.3]},
}


def test_a_network_that_learns_places_separates_by_them(finished_workflow, tmp_path):
    shutil.copytree(finished_workflow.folder, tmp_path, dirs_exist_ok=True)
    workflow, table = Workflow(tmp_path), "results/tables/table2_tnbc.csv"
    jobs = planned_jobs(workflow.run("-n", "--", table, **CHANGES).stdout)
    assert jobs["train_network"] == 1
    assert not {"tile_images", "augment_tiles"} & set(jobs)
    result = workflow.run("--", table, **CHANGES)
    assert result.returncode == 0, result.stdout
    results = tmp_path / "results"
    for path in (results / "probabilities/places/tnbc").glob("*.npy"):
        assert np.load(path).shape == (96, 96, 3)
    model = results / "models/places"
    assert sorted(pd.read_csv(model / "thresholds.csv")["depth"]) == [0.1, 0.3]
    choice = json.loads((model / "threshold.json").read_text())
    assert choice["separation"] == "horizontal_vertical"
    assert pd.read_csv(tmp_path / table)["method"].tolist() == ["places"]
