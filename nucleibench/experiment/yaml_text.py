"""Plain values as a person writes them in YAML."""

import json
import math
from collections.abc import Mapping
from typing import Any

import yaml


def name_value(value: Any) -> str:
    """Return what a person calls a value who writes YAML."""
    match value:
        case Mapping():
            return "a section"
        case list() | tuple():
            return "a list"
        case str():
            return repr(value)
        case int() | float() | None:
            return write_line(value)
        case _:
            return str(value)


def write_line(value: Any) -> str:
    """Return plain values as one line of YAML; a section without the braces around it."""
    text = _write(value, default_flow_style=True, width=math.inf)
    text = text.removesuffix("\n").removesuffix("\n...")
    return text[1:-1] if isinstance(value, Mapping) else text


def write_block(value: Any) -> str:
    """Return plain values as indented lines of YAML."""
    return _write(value, default_flow_style=None).rstrip("\n")


def _write(value: Any, **style: Any) -> str:
    # As JSON gives them, sections are all of one kind, and none is the same as another.
    return yaml.safe_dump(json.loads(json.dumps(value)), sort_keys=False, **style)
