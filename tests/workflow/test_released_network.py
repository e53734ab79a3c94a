"""A trained network given away, and used by another experiment, through the real workflow."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from toy import TOY, Workflow, planned_jobs

from nucleibench.data.sheets import organs_of_split
from nucleibench.images import read_rgb

pytestmark = pytest.mark.workflow


ORIGINAL = {"family": "unet", "encoder": "compact", "colors": "original"}
PAIR = {
    "networks": {"unet_a": TOY["networks"]["unet_a"], "unet_o": ORIGINAL},
    "methods": {"pair": {"networks": ["unet_a", "unet_o"]}},
    "compare": ["pair"],
    "figure_3_methods": ["pair"],
}


def test_a_released_pair_scores_the_same_without_training(finished_workflow, tmp_path):
    shutil.copytree(finished_workflow.folder, tmp_path, dirs_exist_ok=True)
    workflow, release = Workflow(tmp_path), tmp_path / "results/releases/pair"
    jobs = planned_jobs(workflow.run("-n", "--", "results/releases/pair", **PAIR).stdout)
    assert jobs == {
        # The colours are kept of both datasets, and one network sees them.
        **{"normalize_images": 2, "augment_tiles": 1, "train_network": 1, "predict": 2},
        **{"choose_setting": 1, "segment": 2, "evaluate_method": 2, "release_network": 1},
    }
    result = workflow.run("--", "results/releases/pair", **PAIR)
    assert result.returncode == 0, result.stdout
    data, original = (tmp_path / "results" / name for name in ("data/tnbc/images", "original/tnbc"))
    for path in data.glob("*.png"):
        np.testing.assert_array_equal(read_rgb(path), read_rgb(original / path.name))
    card = json.loads((release / "card.json").read_text())
    assert [member["settings"]["colors"] for member in card["members"]] == [
        "normalized",
        "original",
    ]
    saw = card["members"][0]["saw"]
    trained_on = organs_of_split(tmp_path / "results/data/monuseg/images.csv", "train")
    assert saw == {"datasets": ["monuseg"], "organs": trained_on}
    assert card["normalization"] == "vahadane"
    assert card["normalization_unit"] == "patient"
    assert card["scores"].keys() == {"monuseg", "tnbc"}
    assert "CC-BY-NC-SA-4.0" in (release / "README.md").read_text()
    assert {path.name for path in release.glob("*rdf.yaml")} == {"rdf.yaml", "model_2.rdf.yaml"}

    networks = {"given": TOY["networks"]["unet_a"], "given_o": ORIGINAL}
    networks = {name: {**network, "release": str(release)} for name, network in networks.items()}
    rows = {"methods": {"given": {"networks": list(networks)}}, "compare": ["given"]}
    rows["figure_3_methods"] = ["given"]
    changes, table = {"networks": networks, **rows}, "results/tables/table2_tnbc.csv"
    jobs = planned_jobs(workflow.run("-n", "--", table, **changes).stdout)
    assert jobs == {
        **{"install_network": 2, "install_setting": 1, "predict": 2, "segment": 1},
        **{"evaluate_method": 1, "tabulate_saw": 1, "tabulate_results": 1},
    }
    result = workflow.run("--", table, **changes)
    assert result.returncode == 0, result.stdout
    told = pd.read_csv(tmp_path / "results/tables/saw.csv").set_index("method").loc["given"]
    assert set(told["datasets"]) == {"monuseg"}
    assert set(told["organs"]) == {", ".join(saw["organs"])}
    own, given = (
        pd.read_csv(tmp_path / f"results/metrics/{name}/tnbc.csv") for name in ("pair", "given")
    )
    # Half precision may move a pixel across the threshold, not a nucleus.
    pd.testing.assert_frame_equal(own, given, atol=0.02)

    wrong = {name: {**network, "target": "boundary"} for name, network in networks.items()}
    result = workflow.run("-n", "--", table, networks=wrong, **rows)
    assert result.returncode != 0
    assert "holds a network with target nucleus, but the configuration says target: boundary" in (
        result.stdout
    )
