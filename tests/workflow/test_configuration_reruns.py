"""Which jobs a changed setting makes run again, in a finished tree of the paper's experiment."""

import shutil

import pytest
import yaml
from finished_tree import FinishedTree

pytestmark = pytest.mark.workflow

# What hangs on the scores of a method that Figure 3 does not show.
TABLES = {
    "tabulate_results": 2,
    "tabulate_images": 1,
    "tabulate_mistakes": 2,
    "tabulate_comparisons": 2,
    "tabulate_groups": 2,
    "plot_precision": 1,
    "all": 1,
}
FIGURE_3 = {"plot_overlays": 1}
# The table of what rows saw has their names, and every table and figure reads it.
NAMES = {"tabulate_saw": 1, **TABLES, **FIGURE_3}
LABELS = {"choose_setting": 1, "segment": 2, "evaluate_method": 2}
TRAINING = {"train_network": 1, "plot_history": 1, "predict": 2}


def planned_with(tree: FinishedTree, **changes: object) -> dict[str, int]:
    """Return what would run with these changes to the configuration."""
    path = tree.folder / "changes.yaml"
    path.write_text(yaml.safe_dump(changes))
    return tree.planned("--configfile", str(path))


def test_one_networks_training_reruns_that_network_and_its_row(finished_paper):
    network = {"training": {"learning_rate": 0.01}}
    jobs = planned_with(finished_paper, networks={"unet_resnet50": network})
    assert jobs == TRAINING | LABELS | TABLES


def test_one_rows_separation_trains_and_predicts_nothing(finished_paper):
    jobs = planned_with(finished_paper, methods={"unet_resnet50": {"separation": "watershed"}})
    assert jobs == LABELS | TABLES


def test_other_scores_to_choose_from_detect_and_train_nothing(finished_paper):
    jobs = planned_with(finished_paper, methods={"mask_rcnn": {"scores": [0.5]}})
    assert jobs == LABELS | TABLES | FIGURE_3


@pytest.mark.parametrize(
    ("method", "figures"),
    [("unet_resnet50", {}), ("gb_unet", {"plot_networks": 1})],
)
def test_a_rows_name_and_note_are_those_of_tables_and_figures(finished_paper, method, figures):
    changes = {"name": "Another name", "note": "and a note"}
    assert planned_with(finished_paper, methods={method: changes}) == NAMES | figures


def test_a_method_that_is_not_compared_reruns_nothing(finished_paper):
    networks = {"aside": {"family": "unet", "encoder": "compact"}}
    methods = {"aside": {"network": "aside", "name": "Aside"}}
    assert planned_with(finished_paper, networks=networks, methods=methods) == {}


def test_a_further_seed_trains_once_more_and_leaves_the_others_alone(finished_paper, tmp_path):
    tree = FinishedTree(tmp_path / "project")
    shutil.copytree(finished_paper.folder, tree.folder)
    config = yaml.safe_load((tree.folder / "config.yaml").read_text())
    config["networks"]["unet_resnet50"]["seeds"] = [1, 2]
    (tree.folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    tree.finish()
    assert tree.planned() == {}
    jobs = planned_with(tree, networks={"unet_resnet50": {"seeds": [1, 2, 3]}})
    assert jobs == TRAINING | LABELS | NAMES | {"tabulate_seeds": 2}
