"""Settings of a toy: what every section of the configuration can do."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from nucleibench.registry import Registry
from nucleibench.settings import Count, Fraction, Name, OneOf, Settings, Size

FRUITS = Registry("fruit", {"apple": "no_such_package:APPLE", "pear": "no_such_package:PEAR"})


class Leaf(Settings):
    """A leaf."""

    length: Size = 3
    """In centimetres."""


class Branch(Settings):
    """A branch."""

    fruit: Annotated[str, OneOf(FRUITS)] = "apple"
    """What grows on it."""
    leaves: dict[Name, Leaf] = Field(default={})
    """Leaves by name."""


class Tree(Settings):
    """A tree."""

    height: float
    branch: Branch = Branch()
    twigs: tuple[Branch, ...] = ()
    bush: Branch | None = None
    season: Literal["spring", "autumn"] = "spring"
    marks: tuple[int, ...] = (1, 2)


def test_plain_values_are_read_and_come_back():
    plain = {
        "height": 2.5,
        "branch": {"fruit": "pear", "leaves": {"a": {"length": 4}}},
        "twigs": [{"fruit": "apple", "leaves": {}}],
        "bush": None,
        "season": "autumn",
        "marks": [3],
    }
    tree = Tree.read(plain)
    assert tree.branch == Branch(fruit="pear", leaves={"a": Leaf(length=4)})
    assert tree.marks == (3,)
    assert tree.plain() == plain
    assert Tree.read(tree.plain()) == tree


def test_what_is_left_out_takes_the_default():
    tree = Tree.read({"height": 2})
    assert tree == Tree(height=2.0)
    assert tree.plain("branch", "twigs", "bush", "season") == {"height": 2.0, "marks": [1, 2]}


def test_names_that_yaml_takes_for_numbers_and_paths_are_text():
    assert list(Branch.read({"leaves": {1: {}}}).leaves) == ["1"]
    assert Branch.read({"fruit": Path("pear")}).fruit == "pear"


@pytest.mark.parametrize(
    ("section", "place", "kind"),
    [
        ({}, ("height",), "missing"),
        ({"height": 1, "color": "green"}, ("color",), "extra_forbidden"),
        ({"height": "1"}, ("height",), "float_type"),
        ({"height": float("inf")}, ("height",), "finite_number"),
        ({"height": float("nan")}, ("height",), "finite_number"),
        ({"height": 1, "marks": [1.0]}, ("marks", 0), "int_type"),
        ({"height": 1, "marks": [True]}, ("marks", 0), "int_type"),
        ({"height": 1, "branch": None}, ("branch",), "model_type"),
        ({"height": 1, "branch": {"fruit": "plum"}}, ("branch", "fruit"), "value_error"),
        (
            {"height": 1, "branch": {"leaves": {"a": {"length": -1}}}},
            ("branch", "leaves", "a", "length"),
            "greater_than_equal",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(section, place, kind):
    with pytest.raises(ValidationError) as error:
        Tree.read(section)
    (problem,) = error.value.errors()
    assert (problem["loc"], problem["type"]) == (place, kind)


def test_settings_do_not_change():
    with pytest.raises(ValidationError, match="frozen"):
        Tree(height=1.0).height = 2.0


def test_sections_are_found_in_whatever_holds_them():
    assert Tree.sections({}) == {"branch": Branch, "twigs": Branch, "bush": Branch}
    assert Branch.sections({}) == {"leaves": Leaf}
    assert Leaf.sections({}) == {}


LEAVES = {"a": {"length": 4}}
PLAIN = {"height": 1, "branch": {"leaves": LEAVES}, "twigs": [{}, {"leaves": LEAVES}]}


@pytest.mark.parametrize(
    ("keys", "settings", "values"),
    [
        ((), Tree, PLAIN),
        (("height",), Tree, 1),
        (("branch",), Branch, {"leaves": LEAVES}),
        (("twigs", 0), Branch, {}),
        (("branch", "leaves"), Leaf, LEAVES),
        (("branch", "leaves", "a"), Leaf, {"length": 4}),
        (("twigs", 1, "leaves", "a", "length"), Leaf, 4),
    ],
)
def test_keys_lead_to_the_class_and_values_of_their_section(keys, settings, values):
    assert Tree.at(keys, PLAIN) == (settings, values)


def test_one_of_a_registry_is_checked_by_its_names_alone():
    assert Branch(fruit="pear").fruit == "pear"
    with pytest.raises(ValidationError, match="'plum' is not one of: apple, pear"):
        Branch(fruit="plum")


def test_schema_lists_names_and_meanings():
    properties = Branch.model_json_schema()["properties"]
    assert properties["fruit"]["enum"] == ["apple", "pear"]
    assert properties["fruit"]["description"] == "What grows on it."
    assert properties["fruit"]["type"] == "string"
    assert Branch.model_json_schema()["additionalProperties"] is False


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (Name, ["a", "unet_vgg16", "2.a-b"], ["", "a/b", ".a", "-a", "a b"]),
        (Fraction, [0.0, 0.3, 1.0], [-0.1, 1.1]),
        (Size, [0, 7], [-1, 0.5]),
        (Count, [1, 7], [0, -1]),
    ],
)
def test_bounds_of_common_types(kind, right, wrong):
    adapter = TypeAdapter(kind)
    for value in right:
        assert adapter.validate_python(value) == value
    for value in wrong:
        with pytest.raises(ValidationError):
            adapter.validate_python(value)
