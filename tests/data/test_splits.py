"""Which images train and which test."""

import pytest

from nucleibench.data.splits import Known, assign_splits, hold_out_organ
from nucleibench.errors import ConfigurationError, DataError

IMAGES = {
    "a": Known("liver", "train"), "b": Known("breast", "test"), "c": Known("lung"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("organ", ["train", "test", "train"]),
        ("test", ["test", "test", "test"]),
        ("sheet", ["train", "test", "test"]),
    ],
)
def test_rules(rule, expected):
    assert list(assign_splits("mine", rule, IMAGES, "breast", None).values()) == expected


@pytest.mark.parametrize("rule", ["organ", "sheet"])
def test_reference_is_a_training_image(rule):
    assert assign_splits("mine", rule, IMAGES, "breast", "a")["a"] == "reference"
    with pytest.raises(ConfigurationError, match="b is not a training image of mine"):
        assign_splits("mine", rule, IMAGES, "breast", "b")


def test_dataset_that_only_tests_has_no_reference():
    assert set(assign_splits("mine", "test", IMAGES, "breast", "a").values()) == {"test"}
    tests = {"b": IMAGES["b"], "c": IMAGES["c"]}
    assert set(assign_splits("mine", "sheet", tests, "breast", "a").values()) == {"test"}


def test_organ_matters_only_where_it_decides():
    images = {**IMAGES, "d": Known("unknown")}
    with pytest.raises(DataError, match="the organ of d is not known"):
        assign_splits("mine", "organ", images, "breast", None)
    assert assign_splits("mine", "sheet", images, "spleen", None)["d"] == "test"


HELD = {"a": "train", "b": "test", "c": "train", "r": "reference"}
ORGANS = {"a": "liver", "b": "breast", "c": "lung", "r": "lung"}


@pytest.mark.parametrize(
    ("organ", "expected"),
    [
        ("breast", ["train", "test", "train", "reference"]),
        ("lung", ["train", "train", "test", "reference"]),
        ("", ["train", "train", "train", "reference"]),
    ],
)
def test_another_organ_is_held_out_and_the_reference_stays(organ, expected):
    assert list(hold_out_organ(HELD, ORGANS, organ).values()) == expected


def test_an_organ_without_an_image_to_test_cannot_be_held_out():
    with pytest.raises(DataError, match="no image but the reference is of 'lung'; there are "):
        hold_out_organ({"a": "train", "r": "reference"}, ORGANS | {"a": "liver"}, "lung")
