"""Dry runs: the paper's whole graph, without data or network, and what its jobs depend on."""

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
    assert jobs["train_unet"] == 8
    assert jobs["train_mask_rcnn"] == jobs["train_gb_unet"] == 1
    assert jobs["map_stage_one"] == 3
    assert jobs["evaluate_method"] == 2 * len(PAPER["compare"])
    # Jobs are per method and dataset, never per image.
    assert sum(jobs.values()) < 200


@pytest.mark.parametrize("rule", ["train_unet", "train_gb_unet", "train_mask_rcnn", "predict_unet"])
def test_jobs_for_accelerators_carry_a_gpu(fresh_workflow, rule):
    result = fresh_workflow.call("-n", "--resources", "gpu=1")
    block = result.stdout.split(f"rule {rule}:")[1].split("\nrule ")[0]
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
    network = {"kind": "unet", "encoder": "compact"}
    methods = {
        "one": {**network, "seed": 1},
        "two": {**network, "seed": 2, "note": "another seed"},
        "twin_of_two": {**network, "seed": 2},
        "slower": {**network, "seed": 3, "training": {"learning_rate": 1e-5}},
    }
    changes = {"methods": methods, "compare": list(methods), "figure_3_methods": ["one"]}
    output = fresh_workflow.run("-n", **changes).stdout
    assert planned_jobs(output)["tabulate_seeds"] == 2
    inputs = output.split("rule tabulate_seeds:")[1].split("output:")[0]
    assert all(f"metrics/{name}/" in inputs for name in ("one", "two"))
    assert not any(f"metrics/{name}/" in inputs for name in ("twin_of_two", "slower"))
    alone = fresh_workflow.run("-n", **{**changes, "compare": ["one", "slower"]}).stdout
    assert "tabulate_seeds" not in planned_jobs(alone)
