"""Organs held out beside the test organ: what runs in addition to an experiment."""

import shutil

import pandas as pd
import pytest
from toy import ROOT, Workflow, planned_jobs

pytestmark = pytest.mark.workflow
TARGETS = ["--", "results/tables/hold_out.csv", "results/figures/hold_out.png"]
OF_A_FOLD = {
    **{"split_images": 1, "split_tiles": 1, "train_network": 1, "predict": 1},
    **{"choose_setting": 1, "segment": 2, "evaluate_method": 2},
}
"""Jobs of otsu and unet_a for one organ more."""
SHARED = {"split_no_images": 1, "tile_every_organ": 1}
TABLE = {"tabulate_hold_out": 1, "plot_hold_out": 1}


def held_out(workflow: Workflow, *arguments: str, organs: object) -> str:
    changes = {"compare": ["otsu", "unet_a"], "figure_3_methods": ["unet_a"]}
    result = workflow.run(*arguments, *TARGETS, hold_out=organs, **changes)
    assert result.returncode == 0, result.stdout
    return result.stdout


@pytest.fixture(scope="module")
def finished(finished_workflow, tmp_path_factory) -> Workflow:
    """A finished toy experiment to which kidney was added as a fold."""
    workflow = Workflow(tmp_path_factory.mktemp("held_out") / "toy")
    shutil.copytree(finished_workflow.folder, workflow.folder, symlinks=True)
    assert planned_jobs(held_out(workflow, "-n", organs="kidney")) == OF_A_FOLD | SHARED | TABLE
    held_out(workflow, organs="kidney")
    return workflow


def test_the_test_organ_alone_leaves_a_finished_experiment_as_it_is(finished_workflow):
    output = finished_workflow.run("-n", hold_out="breast").stdout
    assert "Nothing to be done" in output


def test_the_table_has_each_organ_and_breast_as_the_experiment_has_it(finished):
    results = finished.folder / "results"
    table = pd.read_csv(results / "tables" / "hold_out.csv").set_index(["method", "organ"])
    assert table.index.tolist() == [
        (method, organ) for method in ("otsu", "unet_a") for organ in ("breast", "kidney")
    ]
    for row, organ in table.index:
        name = row if organ == "breast" else f"{row}_without_{organ}"
        scores = pd.read_csv(results / "metrics" / name / "monuseg.csv")
        assert all(f"-{organ.upper()}-" in image for image in scores["image"])
        assert table.loc[(row, organ), "aji"] == pytest.approx(scores["aji"].mean())


def test_a_network_of_a_fold_never_sees_its_organ(finished):
    tiles = pd.read_csv(
        finished.folder / "results" / "tiles/without_kidney/normalized/augmented/tiles.csv"
    )
    organs = tiles["image"].str.split("-").str[1]
    assert set(organs[tiles["split"].isin(["train", "validation"])]) == {"BREAST", "PROSTATE"}
    assert set(organs[tiles["split"] == "test"]) == {"KIDNEY"}


def test_another_organ_runs_nothing_again_of_the_first(finished):
    output = held_out(finished, "-n", organs="each")
    assert planned_jobs(output) == OF_A_FOLD | TABLE
    assert "output: results/models/unet_a_without_prostate/model.weights.h5" in output


def test_every_training_of_the_paper_repeats_for_every_organ(tmp_path):
    changes = tmp_path / "each.yaml"
    changes.write_text("hold_out: each")
    output = Workflow(tmp_path).call("-n", "--configfile", str(ROOT / "config.yaml"), str(changes))
    jobs = planned_jobs(output.stdout)
    assert jobs["train_network"] == 10 * 9  # organs
    assert jobs["map_tiles"] == 3 * 9
    # Preparation is shared, but for the tiles of the test organ.
    assert (jobs["import_dataset"], jobs["normalize_images"], jobs["map_weights"]) == (2, 2, 1)
    assert jobs["tile_every_organ"] == 2
