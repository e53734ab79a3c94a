"""Configurations that the schema accepts: changes of any of its settings, laid over a small one."""

import math
from collections.abc import Mapping
from typing import Any

import jsonschema
import yaml
from hypothesis import strategies as st
from toy import ROOT, TOY

from nucleibench.experiment.__main__ import lay_over

SCHEMA = yaml.safe_load((ROOT / "schemas/config.schema.yaml").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SMALL = lay_over(
    TOY,
    {
        "results": "results",
        "training_dataset": "monuseg",
        "datasets": {"monuseg": {"format": "monuseg"}, "tnbc": {"format": "tnbc"}},
        "methods": {"otsu": {"family": "classical", "algorithm": "otsu"}},
    },
)
NAMES = (
    *("unet_a", "unet_b", "both", "otsu", "gb_unet", "mask_rcnn", "monuseg", "tnbc", "train"),
    *("new", "liver", "breast", "1", "a/b", "{x}", "", "Größe", "a b", "SYN-LIVER-01"),
)
PATTERNS = {"^[0-9a-fA-F]{64}$": "a" * 64, "^[0-9a-fA-F]{32}$": "b" * 32}
Strategy = st.SearchStrategy[Any]


def _numbers(node: Mapping[str, Any]) -> Strategy:
    low = node.get("minimum", node.get("exclusiveMinimum", -1e6))
    high = node.get("maximum", node.get("exclusiveMaximum", max(1e6, low)))
    if node["type"] == "integer":
        step = node.get("multipleOf", 1)
        return st.integers(math.ceil(low / step), math.floor(high / step)).map(lambda n: n * step)
    return st.floats(low, high, allow_nan=False) | st.sampled_from([low, high])


def _text(node: Mapping[str, Any]) -> Strategy:
    if "pattern" in node:
        return st.just(PATTERNS.get(node["pattern"], "https://example.org/a.zip"))
    return st.sampled_from(NAMES)


def _array(node: Mapping[str, Any]) -> Strategy:
    most = min(node.get("maxItems", 3), 3)
    least = node.get("minItems", 0)
    return st.lists(of(node.get("items", {"type": "string"})), min_size=least, max_size=most)


def _section(node: Mapping[str, Any]) -> Strategy:
    named = {key: of(value) for key, value in node.get("properties", {}).items()}
    required = {key: named.pop(key) for key in node.get("required", ()) if key in named}
    known = st.fixed_dictionaries(required, optional=named) if named or required else st.just({})
    others = node.get("additionalProperties")
    if not isinstance(others, dict):
        return known
    names = st.sampled_from([name for name in NAMES if name])
    return known | st.dictionaries(names, of(others), max_size=2)


KINDS = {
    "integer": _numbers,
    "number": _numbers,
    "string": _text,
    "array": _array,
    "object": _section,
    "boolean": lambda node: st.booleans(),
    "null": lambda node: st.none(),
}


def of(node: Any) -> Strategy:
    """Return values of a part of the schema; not all of them keep to its conditions."""
    if not isinstance(node, dict):
        return st.none()
    if "$ref" in node:
        return st.deferred(lambda: of(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]))
    if "const" in node or "enum" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    options = [option for option in node.get("anyOf", ()) if option.keys() - {"required"}]
    if options:
        return st.one_of([of(option) for option in options])
    return KINDS[node.get("type", "null")](node)


def changes() -> Strategy:
    """Return changes of one to three sections."""
    sections = {key: of(node) for key, node in SCHEMA["properties"].items() if key != "results"}
    one = st.sampled_from(sorted(sections)).flatmap(
        lambda key: sections[key].map(lambda value: {key: value})
    )
    return st.lists(one, min_size=1, max_size=3)


def configurations() -> Strategy:
    """Return whole configurations that the schema accepts."""

    def laid_over(parts: list[dict[str, Any]]) -> dict[str, Any]:
        config = SMALL
        for part in parts:
            config = lay_over(config, part)
        return config

    return changes().map(laid_over).filter(VALIDATOR.is_valid)
