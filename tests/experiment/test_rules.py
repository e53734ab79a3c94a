"""Every rule of every setting has an example that breaks it, and says what is wrong."""

import copy
import re

import pytest
import yaml
from broken_rules import BROKEN, REQUIRED
from configurations import FAMILIES, changed, problems, problems_of

from nucleibench.experiment.earlier_form import nest
from nucleibench.experiment.settings import Sections
from nucleibench.families.classical.algorithms import ALGORITHMS

# What config.yaml leaves out: synthetic images, slides, and families that follow from networks.
WRITTEN_OUT = """
datasets: {monuseg: {archives: {train: {synthetic: {images: 1, size: 64}}}}}
slides: {images: slides}
methods:
  unet_vgg16: {family: unet}
  unet_ensemble: {family: ensemble}
  mask_rcnn: {family: mask_rcnn}
"""
RULES = [(key, words) for key, rules in BROKEN.items() for words in rules.split("; ")]


@pytest.mark.parametrize(("key", "words"), RULES, ids=str)
def test_what_breaks_a_rule_is_named_with_its_place_and_the_rule(key, words):
    value, place = wrong_value(words), key
    if key.endswith(".0"):
        place = key.removesuffix(".0")
        value = [value] + [1] * (least_entries(place) - 1)
    assert problems(WRITTEN_OUT, nest(value, *place.split("."))) == [f"{key}: {words}"]


def wrong_value(words):
    if words == "must not be empty":
        return ""
    if count := re.search(r"at (least|most) (\d+) entr", words):
        return [1] * (int(count[2]) + (1 if count[1] == "most" else -1))
    text = re.split(" is not | does not ", words)[0]
    return [1] if text == "a list" else yaml.safe_load(text)


def least_entries(key):
    found = re.search(r"needs at least (\d+)", BROKEN[key])
    return int(found[1]) if found else 1


@pytest.mark.parametrize(
    ("place", "key"), [(place, key) for place, keys in REQUIRED.items() for key in keys]
)
def test_a_key_that_is_missing_is_named(place, key):
    config = section = copy.deepcopy(changed(WRITTEN_OUT))
    for part in filter(None, place.split(".")):
        section = section[part]
    del section[key]
    assert problems_of(config) == [f"{place or 'top level'}: {key} is missing"]


# That the examples above are complete.

NETWORKS = {"unet_vgg16": "unet", "gb_unet": "gb_unet", "mask_rcnn": "mask_rcnn"}
METHODS = {
    "unet_vgg16": "unet",
    "unet_ensemble": "ensemble",
    "mask_rcnn": "mask_rcnn",
    "otsu": "classical",
}
CLASSES = {
    "": Sections,
    **{f"networks.{name}": FAMILIES[family].network for name, family in NETWORKS.items()},
    **{f"methods.{name}": FAMILIES[family].method for name, family in METHODS.items()},
    **{f"methods.{name}.settings": ALGORITHMS[name] for name in ALGORITHMS},
}
# Catalogue -> the entry that stands for all. Of `training`, that of one network does.
ENTRIES = {"datasets": "datasets.monuseg", "archives": "archives.train"}
LEFT_OUT = ("methods.otsu.settings", "networks.gb_unet.training", "networks.mask_rcnn.training")


def sections_in(place, settings):
    """Yield a section and those in it."""
    yield place, settings
    for key, inner in settings.sections({}).items():
        within = join(place, ENTRIES.get(key, key))
        if within not in LEFT_OUT:
            yield from sections_in(within, inner)


def join(*keys):
    return ".".join(filter(None, keys))


SECTIONS = [found for entry in CLASSES.items() for found in sections_in(*entry)]

# Rule in a JSON schema -> words that name it.
WORDS = {
    "enum": "is not one of: ",
    "const": "is not one of: ",
    "minimum": "is not at least ",
    "exclusiveMinimum": "is not more than ",
    "maximum": "is not at most ",
    "exclusiveMaximum": "is not less than ",
    "multipleOf": "is not a multiple of ",
    "pattern": "does not fit the pattern ",
    "minItems": "needs at least ",
    "maxItems": "takes at most ",
    "minLength": "must not be empty",
}
TYPES = {
    "string": "is not text",
    "integer": "is not a whole number",
    "number": "is not a number",
    "boolean": "is not true or false",
    "array": "is not a list",
    "object": "is not a section",
}


def rules_of(key, schema):
    """Yield key -> words of each rule in a schema of a setting."""
    schema = next((s for s in schema.get("anyOf", []) if s.get("type") != "null"), schema)
    kind = "object" if "$ref" in schema else schema["type"]
    if not {"enum", "const"} & set(schema):
        yield key, TYPES[kind]
    yield from ((key, words) for rule, words in WORDS.items() if rule in schema)
    if kind == "array":
        yield from rules_of(f"{key}.0", schema["items"])


@pytest.mark.parametrize(
    ("place", "settings"), SECTIONS, ids=[place or "top level" for place, _ in SECTIONS]
)
def test_every_rule_has_an_example(place, settings):
    schema = settings.model_json_schema()
    for name in set(schema["properties"]) - {"family"}:
        for key, words in rules_of(join(place, name), schema["properties"][name]):
            assert words in BROKEN[key], f"{key}: {words}"
    assert set(schema.get("required", [])) - {"family"} <= set(REQUIRED.get(place, []))
