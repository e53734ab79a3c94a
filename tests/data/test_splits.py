"""Which images train and which test."""

import pytest

from nucleibench.data.splits import Known, assign_splits
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
