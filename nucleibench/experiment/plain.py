"""The plain values of a configuration, before families and settings read them."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from nucleibench.experiment.messages import describe_name, join, raise_for
from nucleibench.experiment.yaml_text import name_value
from nucleibench.settings import NAME_PATTERN

Plain = Mapping[str, Any]


def take_plain(config: Plain) -> dict[str, Any]:
    """Return what a configuration sets; its `networks` and `methods` are sections of sections.

    Raises:
        ConfigurationError: it is not built so, or has what no setting takes.
    """
    plain = _leave_out_empty({key: value for key, value in config.items() if key != "pathvars"})
    plain = {"networks": {}, "methods": {}, **plain}
    catalogues = {key: plain[key] for key in ("networks", "methods")}
    raise_for([*_describe_unusable(plain), *_describe_catalogues(catalogues)])
    return plain


def _leave_out_empty(
    plain: Plain, catalogues: tuple[str, ...] = ("datasets", "networks", "methods")
) -> dict[str, Any]:
    """Return a section without the catalogues, and entries of catalogues, that are `null`.

    So a file of one's own can take away a dataset, one archive of it, a network or a method.
    """
    kept = {}
    for key, value in plain.items():
        if key in catalogues and isinstance(value, Mapping):
            kept[key] = {
                name: _leave_out_empty(entry, ("archives",))
                if isinstance(entry, Mapping)
                else entry
                for name, entry in value.items()
                if entry is not None
            }
        elif key not in catalogues or value is not None:
            kept[key] = value
    return kept


def _describe_catalogues(catalogues: Plain) -> Iterator[str]:
    for key, catalogue in catalogues.items():
        yield from _describe_no_section(catalogue, key)
        for name, entry in catalogue.items() if isinstance(catalogue, Mapping) else ():
            yield from _describe_no_section(entry, key, name)
            if not re.fullmatch(NAME_PATTERN, str(name)):
                yield f"{key}: {describe_name(name)}"


def _describe_no_section(value: Any, *keys: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{join(*keys)}: {name_value(value)} is not a section of keys and values"


def _describe_unusable(value: Any, *keys: str, inside: tuple[int, ...] = ()) -> Iterator[str]:
    """Yield what YAML allows and no setting takes: keys that are not text, dates, circles.

    Args:
        value: plain values of a configuration.
        keys: where they are.
        inside: ids of the sections and lists around them.
    """
    where, inside_this = join(*keys), (*inside, id(value))
    match value:
        case _ if id(value) in inside:
            yield f"{where}: it contains itself"
        case Mapping():
            for key, entry in value.items():
                if not isinstance(key, str):
                    yield f"{where}: the key {name_value(key)} is not text; write it in quotes"
                yield from _describe_unusable(entry, *keys, str(key), inside=inside_this)
        case list() | tuple():
            for place, entry in enumerate(value):
                yield from _describe_unusable(entry, *keys, str(place), inside=inside_this)
        case date():
            yield f"{where}: {value} is a date to YAML; write it in quotes"
        case _ if not isinstance(value, str | int | float | None):
            yield f"{where}: {value!r} is not text, a number, a list or a section"
