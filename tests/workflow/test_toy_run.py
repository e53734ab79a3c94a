"""One toy experiment, run for real: what it leaves, and what a change makes it do again."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from toy import TOY, Workflow, planned_jobs

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.scores import score_image
from nucleibench.images import read_labels
from nucleibench.labelling.instances import label_nuclei, read_setting

pytestmark = pytest.mark.workflow


def test_tables_have_a_row_for_every_method(finished_workflow):
    tables = finished_workflow.folder / "results" / "tables"
    for dataset in ("monuseg", "tnbc"):
        table = pd.read_csv(tables / f"table2_{dataset}.csv", index_col="method")
        assert sorted(table.index) == sorted(TOY["compare"])
        assert {"aji", "map_paper", "map_dsb", "f1_70", "precision_50"} <= set(table.columns)
        assert (tables / f"table2_{dataset}.md").read_text()
        assert (tables / f"table2_{dataset}.tex").read_text()
    assert "unet_a" in pd.read_csv(tables / "table3.csv").columns


def test_numbers_in_the_table_are_those_of_the_label_maps(finished_workflow):
    results = finished_workflow.folder / "results"
    sheet = read_sheet(results / "data" / "tnbc" / "images.csv")
    scores = [
        score_image(
            read_labels(results / "data" / "tnbc" / "labels" / f"{image}.tif"),
            read_labels(results / "segmentations" / "otsu" / "tnbc" / f"{image}.tif"),
        )
        for image in sheet["image"]
    ]
    table = pd.read_csv(results / "tables" / "table2_tnbc.csv", index_col="method")
    assert table.loc["otsu", "aji"] == pytest.approx(np.mean([score["aji"] for score in scores]))


def test_figures_and_learning_curves_are_drawn(finished_workflow):
    results = finished_workflow.folder / "results"
    for name in ("figures/figure1", "figures/figure2", "figures/figure3"):
        for suffix in ("png", "pdf", "csv"):
            assert (results / f"{name}.{suffix}").stat().st_size > 0
    assert (results / "models" / "unet_a" / "history.png").stat().st_size > 0


def test_the_ensemble_labels_the_mean_of_its_members_maps(finished_workflow):
    results = finished_workflow.folder / "results"
    setting = read_setting(results / "models" / "both" / "threshold.json")
    segmented = list((results / "segmentations" / "both").rglob("*.tif"))
    assert len(segmented) == 3
    members_alone = []
    for path in segmented:
        place = f"{path.parent.name}/{path.stem}.npy"
        maps = [np.load(results / "probabilities" / m / place) for m in ("unet_a", "unet_b")]
        mean = np.mean(maps, axis=0, dtype=np.float32).astype(np.float16)
        np.testing.assert_array_equal(read_labels(path), label_nuclei(mean, setting))
        members_alone += [label_nuclei(each, setting) != read_labels(path) for each in maps]
    assert np.any(members_alone), "the members are alike, and this shows nothing"
    assert not (results / "probabilities" / "both").exists(), "the mean takes no room on the disk"


def test_model_card_tells_data_settings_and_versions(finished_workflow):
    card = json.loads((finished_workflow.folder / "results/models/unet_a/card.json").read_text())
    assert card["epochs"] == card["best_epoch"] == 1
    assert card["seed"] == 2021
    assert len(card["tiles"]["images"]) == 64
    assert "keras" in card["packages"]
    assert card["settings"]["encoder"] == "compact"


def test_every_job_left_a_log(finished_workflow):
    folder = finished_workflow.folder / "results" / "logs"
    logs = {path.relative_to(folder).parts[0] for path in folder.rglob("*.log")}
    assert {"import_dataset", "train_network", "predict", "evaluate_method"} <= logs


def test_running_again_does_nothing(finished_workflow):
    assert "Nothing to be done" in finished_workflow.run("-n").stdout


def test_another_learning_rate_reruns_that_model_and_what_hangs_on_it(finished_workflow):
    networks = {**TOY["networks"]}
    networks["unet_b"] = {**networks["unet_b"], "training": {"learning_rate": 0.01}}
    output = finished_workflow.run("-n", networks=networks).stdout
    assert planned_jobs(output) == {
        "train_network": 1,
        "plot_history": 1,
        "predict": 2,  # unet_b on two datasets
        "choose_setting": 2,  # unet_b and the ensemble
        "segment": 4,
        "evaluate_method": 4,
        "tabulate_results": 2,
        "tabulate_images": 1,
        "tabulate_mistakes": 2,
        "tabulate_comparisons": 2,
        "tabulate_groups": 2,
        "plot_precision": 1,
        "plot_overlays": 1,
        "all": 1,
    }


def test_another_separation_trains_nothing(finished_workflow):
    methods = {**TOY["methods"]}
    for name in ("both", "unet_a"):
        methods[name] = {**methods[name], "separation": "watershed"}
    jobs = planned_jobs(finished_workflow.run("-n", methods=methods).stdout)
    assert not {"train_network", "predict"} & set(jobs)
    assert jobs["choose_setting"] == 2


def test_a_method_more_leaves_the_others_alone(finished_workflow):
    compare = [*TOY["compare"], "watershed"]
    jobs = planned_jobs(finished_workflow.run("-n", compare=compare).stdout)
    assert jobs.pop("segment") == 2
    assert jobs.pop("evaluate_method") == 2
    assert set(jobs) <= {
        "all",
        "tabulate_results",
        "tabulate_images",
        "tabulate_mistakes",
        "tabulate_comparisons",
        "tabulate_groups",
        "tabulate_saw",
        "plot_precision",
        "plot_overlays",
    }


@pytest.mark.parametrize(
    ("gpu", "said"),
    [
        (0, ["accelerators hidden"] * 2),
        (1, ["accelerators: 0"] * 2),  # one after the other
        (2, ["accelerators: 0", "accelerators: 1"]),  # side by side
    ],
)
def test_trainings_share_out_the_accelerators(finished_workflow, tmp_path, monkeypatch, gpu, said):
    """The accelerators are names only; which a job gets shows whether it had company."""
    shutil.copytree(finished_workflow.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    targets = [f"results/models/{name}/model.weights.h5" for name in ("unet_a", "unet_b")]
    training = {**TOY["training"], "learning_rate": 0.01}
    result = Workflow(tmp_path, gpu).run("--", *targets, training=training)
    assert result.returncode == 0, result.stdout
    logs = [tmp_path / f"results/logs/train_network/{name}.log" for name in ("unet_a", "unet_b")]
    assert (
        sorted(line for log in logs for line in log.read_text().splitlines() if line in said)
        == said
    )
