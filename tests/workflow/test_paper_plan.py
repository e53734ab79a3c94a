"""Dry runs: the paper's whole graph, without data or network, and what its jobs depend on."""

import re

import pytest
import yaml
from toy import ROOT, TOY, Workflow, planned_jobs

pytestmark = pytest.mark.workflow
PAPER = yaml.safe_load((ROOT / "config.yaml").read_text())


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> str:
    result = Workflow(tmp_path_factory.mktemp("plan")).call("-n")
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_every_method_is_evaluated_on_both_datasets(plan):
    for method in PAPER["compare"]:
        for dataset in ("monuseg", "tnbc"):
            assert f"output: results/paper/metrics/{method}/{dataset}.csv" in plan


def test_job_counts(plan):
    jobs = planned_jobs(plan)
    assert jobs["download_archive"] == 3
    assert jobs["train_network"] == 8 + 1 + 1  # U-Nets, Mask R-CNN, GB U-Net
    assert jobs["map_tiles"] == 3
    assert jobs["evaluate_method"] == 2 * len(PAPER["compare"])
    # Jobs are per method and dataset, never per image.
    assert sum(jobs.values()) < 200


def test_each_network_is_trained_and_predicts_both_datasets(plan):
    for name in PAPER["networks"].keys() - {"compact_unet", "compact_unet_original", "lite_unet"}:
        assert f"output: results/paper/models/{name}/model.weights.h5" in plan
        kind = "detections" if name == "mask_rcnn" else "probabilities"
        for dataset in ("monuseg", "tnbc"):
            assert f"output: results/paper/{kind}/{name}/{dataset}" in plan
    assert "compact_unet" not in plan, "no row of the tables needs it"


@pytest.mark.parametrize(
    ("rule", "count"), [("train_network", 10), ("map_tiles", 3), ("predict", 20)]
)
def test_jobs_for_accelerators_carry_a_gpu(fresh_workflow, rule, count):
    result = fresh_workflow.call("-n", "--resources", "gpu=1")
    blocks = [part.split("\nrule ")[0] for part in result.stdout.split(f"\nrule {rule}:")[1:]]
    assert len(blocks) == count
    for block in blocks:
        assert "gpu=1" in block.split("resources:")[1].splitlines()[0]


def test_a_table_of_organs_is_an_input(fresh_workflow):
    table = fresh_workflow.folder / "organs.csv"
    table.write_text("image,organ\n")
    datasets = {**TOY["datasets"], "tnbc": {**TOY["datasets"]["tnbc"], "organs": str(table)}}
    target = "results/data/tnbc/images.csv"
    output = fresh_workflow.run("-n", "--", target, datasets=datasets).stdout
    inputs = output.split("rule import_dataset:")[1].split("output:")[0]
    assert str(table) in inputs


def test_trainings_from_several_seeds_get_a_table_of_their_spread(fresh_workflow):
    compact = {"family": "unet", "encoder": "compact"}
    networks = {"repeated": {**compact, "seeds": [1, 2]}, "single": {**compact, "seeds": [3]}}
    methods = {
        "repeated": {"network": "repeated"},
        "first": {"network": "repeated", "seeds": [1], "separation": "watershed"},
        "mean": {"networks": ["repeated"]},
        "single": {"network": "single"},
    }
    names = {"compare": list(methods), "figure_3_methods": ["first"]}
    changes = {"networks": networks, "methods": methods, **names}
    output = fresh_workflow.run("-n", **changes).stdout
    jobs = planned_jobs(output)
    assert (jobs["tabulate_seeds"], jobs["train_network"]) == (2, 3)
    inputs = output.split("rule tabulate_seeds:")[1].split("output:")[0]
    assert re.findall(r"metrics/(\w+)/", inputs) == ["repeated_seed_1", "repeated_seed_2"]
    alone = fresh_workflow.run("-n", **{**changes, "compare": ["first", "mean", "single"]}).stdout
    assert "tabulate_seeds" not in planned_jobs(alone)
