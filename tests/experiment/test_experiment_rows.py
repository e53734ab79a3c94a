"""Trainings, predictions and rows, and how they are named."""

import json

import pytest
from small import plan

SEEDS = "networks: {a: {seeds: [1, 2]}}"


def names(entries):
    return [entry.name for entry in entries]


def test_a_network_is_trained_once_from_the_seed_of_the_experiment():
    found = plan("seed: 7").networks
    assert list(found.trainings) == ["a", "b", "gb", "rcnn"]
    assert {name: found.seed(name) for name in found.trainings} == dict.fromkeys(found.trainings, 7)


def test_a_network_of_one_seed_keeps_its_name():
    found = plan("networks: {a: {seeds: [3]}}")
    assert found.networks.seed("a") == 3
    assert found.labels.rows["a"].title["name"] == "U-Net A"
    assert found.repeated == {}


def test_a_network_of_several_seeds_is_trained_once_from_each():
    found = plan(SEEDS).networks
    assert list(found.trainings) == ["a_seed_1", "a_seed_2", "b", "gb", "rcnn"]
    assert [found.seed(name) for name in ("a_seed_1", "a_seed_2")] == [1, 2]
    assert found.trainings["a_seed_2"].network == "a"
    assert found.trainings["a_seed_2"].weights == "<results>/models/a_seed_2/model.weights.h5"


def test_a_method_has_a_row_for_each_training_and_an_ensemble_one_of_all():
    found = plan(SEEDS)
    assert found.compared == [
        *("otsu", "a_seed_1", "a_seed_2", "a_watershed_seed_1", "a_watershed_seed_2"),
        *("b", "gb", "rcnn", "both"),
    ]
    assert names(found.labels.rows["both"].predictions) == ["a_seed_1", "a_seed_2", "gb"]
    assert names(found.labels.rows["a_seed_2"].predictions) == ["a_seed_2"]
    assert found.repeated == {
        "a": ["a_seed_1", "a_seed_2"],
        "a_watershed": ["a_watershed_seed_1", "a_watershed_seed_2"],
    }


@pytest.mark.parametrize(
    ("seeds", "rows"),
    [("[1, 2]", ["a_seed_1", "a_seed_2"]), ("[2]", ["a"]), ("[]", ["a_seed_1", "a_seed_2"])],
)
def test_a_method_takes_the_trainings_of_its_seeds(seeds, rows):
    found = plan(SEEDS, f"methods: {{a: {{seeds: {seeds}}}}}\ncompare: [a]")
    assert found.compared == rows
    assert found.labels.rows[rows[-1]].predictions[0].training.seed == 2


def test_an_ensemble_takes_the_trainings_of_its_seeds():
    found = plan(SEEDS, "methods: {both: {networks: [a], seeds: [1]}}")
    assert names(found.labels.rows["both"].predictions) == ["a_seed_1"]


def test_rows_of_one_network_with_the_same_turns_share_its_predictions():
    found = plan()
    rows = found.labels.rows
    assert rows["a"].predictions == rows["a_watershed"].predictions
    assert rows["both"].predictions[0] == rows["a"].predictions[0]
    assert list(found.networks.predictions) == ["a", "b_turns_4", "gb", "rcnn"]


def test_other_turns_are_other_predictions():
    found = plan("methods: {a_watershed: {turns: 8}, b: {turns: 1}}")
    assert list(found.networks.predictions) == ["a", "a_turns_8", "b", "gb", "rcnn"]
    assert found.networks.prediction("a_turns_8")["turns"] == 8
    assert found.networks.training_of("a_turns_8") == "a"


def test_predictions_lie_in_the_folder_of_their_kind():
    rows = plan().labels.rows
    folders = {name: [p.folder for p in row.predictions] for name, row in rows.items()}
    assert folders["otsu"] == []
    assert folders["b"] == ["<results>/probabilities/b_turns_4"]
    assert folders["rcnn"] == ["<results>/detections/rcnn"]


def test_a_title_has_what_the_method_says():
    rows = plan().labels.rows
    assert rows["a"].title == {
        "name": "U-Net A",
        "short": "A",
        "group": "U-Nets",
        "note": "a footnote",
        "method": "a",
    }


def test_a_title_without_a_name_is_the_key():
    title = plan().labels.rows["gb"].title
    assert title == {
        "name": "gb",
        "short": "gb",
        "group": "Other methods",
        "note": "",
        "method": "gb",
    }


def test_a_title_without_a_short_name_is_the_name():
    assert plan().labels.rows["otsu"].title["short"] == "Otsu"


def test_a_row_of_a_repeated_training_has_its_seed_in_its_title():
    rows = plan(SEEDS).labels.rows
    assert rows["a_seed_2"].title["name"] == "U-Net A, seed 2"
    assert rows["a_seed_2"].title["short"] == "A, seed 2"
    assert rows["a_seed_2"].title["method"] == "a"
    assert rows["both"].title["name"] == "both"


NOTHING = {"datasets": [], "organs": []}
TRAINED = {**NOTHING, "trained": True}


def test_what_rows_saw_is_derived_or_told():
    theirs = "methods: {x: {family: external, predictions: here}}\ncompare: [otsu, a, gb, both, x]"
    found = plan(theirs)
    assert found.saw(found.compared) == {
        **{"otsu": NOTHING, "a": TRAINED, "gb": TRAINED, "both": TRAINED, "x": None}
    }
    for told, said in {"{}": {}, "{organs: [colon]}": {"organs": ["colon"]}}.items():
        assert plan(theirs, f"methods: {{x: {{saw: {told}}}}}").saw(["x"]) == {"x": NOTHING | said}


@pytest.mark.parametrize("told", [{"datasets": ["monuseg"], "organs": ["colon", "liver"]}, None])
def test_an_installed_network_saw_what_its_card_says(tmp_path, told):
    settings = {"family": "unet", "encoder": "compact", "target": "boundary"}
    member = {"file": "model.onnx", "settings": {**settings, "colors": "normalized"}}
    (tmp_path / "card.json").write_text(json.dumps({"members": [{**member, "saw": told}]}))
    (tmp_path / "threshold.json").write_text(json.dumps({"separation": "boundary"}))
    installed = f"networks: {{b: {{release: {tmp_path}}}}}"
    assert plan(installed).saw(["b"]) == {"b": told and {**told, "trained": False}}
    # Validation images of this experiment choose the setting of another separation.
    chosen = plan(installed, "methods: {b: {separation: watershed}}")
    assert chosen.saw(["b"]) == {"b": told and {**told, "trained": True}}
