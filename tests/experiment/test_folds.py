"""Organs that are held out beside the test organ: which folds there are, and what they leave."""

import re

import pytest
from configurations import problems
from small import plan

EACH = "hold_out: each"
DRAWN = ["breast", "kidney", "prostate"]
"""Organs of the four synthetic images of small.py, without the reference, which is of liver."""
LEARNT = "datasets: {mine: {archives: {test: null}}}"


def each(*changes):
    return plan(LEARNT, EACH, *changes)


def test_each_organ_but_the_test_organ_makes_a_fold():
    assert plan(LEARNT).folds == {}
    assert list(each().folds) == DRAWN[1:]
    assert plan(LEARNT, "hold_out: [prostate, breast]").folds == {"prostate": "prostate"}
    assert plan(LEARNT, "hold_out: prostate").folds == {"prostate": "prostate"}


def test_the_test_organ_alone_changes_nothing():
    plain, named = plan(LEARNT), plan(LEARNT, "hold_out: breast")
    assert named.labels.rows == plain.labels.rows
    assert named.networks.trainings == plain.networks.trainings
    assert named.held_out == []


def test_an_organ_of_two_words_is_a_fold_of_one():
    changes = "{hold_out: [head & neck], datasets: {mine: {archives: {test: {url: 'http://a'}}}}}"
    assert plan(changes, "datasets: {mine: {organs: x.csv}}").folds == {
        "head%20%26%20neck": "head & neck"
    }


def test_nothing_of_the_experiment_changes_where_others_are_held_out():
    plain, more = plan(LEARNT), each()
    assert more.compared == plain.compared
    assert more.trained == plain.trained
    for name in plain.networks.trainings:
        assert more.networks.inputs(name) == plain.networks.inputs(name)
        assert more.parameters.train(name) == plain.parameters.train(name)
    for name in plain.labels.rows:
        assert more.labels.sources(name, "mine") == plain.labels.sources(name, "mine")
        assert more.labels.sheet(name, "mine") == plain.labels.sheet(name, "mine")
        assert more.parameters.segment(name, "mine") == plain.parameters.segment(name, "mine")
    for dataset in ("mine", "other"):
        assert more.parameters.import_dataset(dataset) == plain.parameters.import_dataset(dataset)


def test_a_training_of_a_fold_has_its_tiles_and_the_settings_of_the_network():
    found = each()
    assert found.networks.inputs("b_without_kidney") == {
        "tiles": "<results>/tiles/without_kidney/normalized/augmented/tiles.csv",
        "first_weights": [],
        "first_stage": [],
    }
    assert found.networks.tiles("rcnn_without_prostate") == (
        "<results>/tiles/without_prostate/normalized/plain/tiles.csv"
    )
    for name in ("a", "b", "gb", "rcnn"):
        parameters = found.parameters.train(f"{name}_without_kidney")
        assert parameters == found.parameters.train(name)


def test_a_second_stage_takes_the_maps_of_its_own_fold():
    networks = each().networks
    maps = networks.inputs("gb_without_kidney")["first_stage"]
    assert maps == ["<results>/tiles/stage_one/a_without_kidney.npy"]
    weights = networks.prediction_inputs("gb_without_kidney", "mine")["first_stage"]
    assert weights == ["<results>/models/a_without_kidney/model.weights.h5"]


def test_rows_of_a_fold_come_from_its_networks_and_images():
    found = each()
    sheet = "<results>/folds/kidney/mine/images.csv"
    assert found.labels.sheet("b_without_kidney", "mine") == sheet
    assert found.labels.validation_sheet("b_without_kidney") == sheet
    assert found.networks.prediction_inputs("b_without_kidney_turns_4", "mine")["sheet"] == sheet
    assert found.labels.sources("both_without_kidney", "mine") == [
        "<results>/probabilities/a_without_kidney/mine",
        "<results>/probabilities/gb_without_kidney/mine",
    ]
    assert found.labels.sources("otsu_without_kidney", "mine") == ["<results>/normalized/mine"]
    assert found.labels.sheet("otsu_without_kidney", "mine") == sheet


def test_every_compared_row_is_held_out_of_every_organ_in_turn():
    found = each("{compare: [otsu, a]}")
    assert found.held_out == [
        (row, organ, row if organ == "breast" else f"{row}_without_{organ}")
        for row in ("otsu", "a")
        for organ in DRAWN
    ]


def test_seeds_are_repeated_in_every_fold():
    found = each("networks: {b: {seeds: [1, 2]}}")
    assert found.networks.seed("b_seed_2_without_kidney") == 2
    assert found.labels.sources("b_seed_1_without_kidney", "mine") == [
        "<results>/probabilities/b_seed_1_without_kidney_turns_4/mine"
    ]


def test_an_installed_network_saw_the_organs_so_it_has_the_test_organ_alone():
    found = each("networks: {a: {release: nucleibench/pretrained/compact_unet}}")
    for row in ("a", "gb"):
        assert [organ for name, organ, _ in found.held_out if name == row] == ["breast"]
    assert [organ for name, organ, _ in found.held_out if name == "b"] == DRAWN


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            "{hold_out: livr}",
            r"hold_out: 'livr' is not defined \(did you mean liver\?\); known: bl",
        ),
        ("{hold_out: [liver, 3]}", "hold_out: 3 is not text$"),
        ("{hold_out: {liver: 1}}", r"hold_out: \{'liver': 1\} is not text or a list$"),
        ("{hold_out: [colon, xyz]}", "hold_out: 'xyz' is not defined; known: bladder"),
        (
            "{hold_out: each, datasets: {monuseg: {split: sheet}}}",
            "hold_out: monuseg is not split by organ.* set datasets.monuseg.split to organ",
        ),
        (
            "{hold_out: each, datasets: {monuseg: {organs: mine.csv}}}",
            r"hold_out: the organs of monuseg are not known before .* hold_out: \[liver, kidney\]",
        ),
        (
            "{hold_out: liver, networks: {gb_unet_without_liver: {family: unet, encoder: vgg16}}}",
            "files of gb_unet.* would both be named gb_unet_without_liver",
        ),
    ],
)
def test_what_cannot_be_held_out_is_told(changes, problem):
    assert any(re.match(f".*{problem}", line) for line in problems(changes))
