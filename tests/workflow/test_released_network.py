"""A trained network given away, and used by another experiment, through the real workflow."""

import json
import shutil

import pandas as pd
import pytest
from toy import TOY, Workflow, planned_jobs

pytestmark = pytest.mark.workflow


def test_a_released_network_scores_the_same_without_training(finished_workflow, tmp_path):
    shutil.copytree(finished_workflow.folder, tmp_path, dirs_exist_ok=True)
    workflow, release = Workflow(tmp_path), tmp_path / "results/releases/unet_a"
    result = workflow.run("--", "results/releases/unet_a")
    assert result.returncode == 0, result.stdout
    card = json.loads((release / "card.json").read_text())
    assert card["normalization"] == "vahadane"
    assert card["normalization_unit"] == "patient"
    assert card["scores"].keys() == {"monuseg", "tnbc"}
    assert "CC BY-NC-SA 4.0" in (release / "README.md").read_text()

    network = {**TOY["networks"]["unet_a"], "release": str(release)}
    rows = {"methods": {"given": {"network": "given"}}, "compare": ["given"]}
    rows["figure_3_methods"] = ["given"]
    changes = {"networks": {"given": network}, **rows}
    table = "results/tables/table2_tnbc.csv"
    jobs = planned_jobs(workflow.run("-n", "--", table, **changes).stdout)
    assert jobs == {
        rule: 1
        for rule in (
            *("install_network", "install_setting", "predict", "segment", "evaluate_method"),
            "tabulate_results",
        )
    }
    result = workflow.run("--", table, **changes)
    assert result.returncode == 0, result.stdout
    own, given = (
        pd.read_csv(tmp_path / f"results/metrics/{name}/tnbc.csv") for name in ("unet_a", "given")
    )
    # Half precision may move a pixel across the threshold, not a nucleus.
    pd.testing.assert_frame_equal(own, given, atol=0.02)

    wrong = {"given": {**network, "target": "boundary"}}
    shutil.rmtree(tmp_path / "results/models/given")
    result = workflow.run("--", table, networks=wrong, **rows)
    assert result.returncode != 0
    assert "holds a network with target nucleus, but the configuration says target: boundary" in (
        result.stdout
    )
