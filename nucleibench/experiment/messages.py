"""What is wrong with a configuration, in the words of YAML: where, what, and what is allowed."""

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.yaml_text import name_value, write_line
from nucleibench.settings import NAME_RULE, Settings

Details = Mapping[str, Any]


def raise_for(problems: Iterable[str]) -> None:
    """Raise ConfigurationError with all problems, where there are some."""
    if lines := dict.fromkeys(problems):
        raise ConfigurationError("the configuration is wrong:\n  " + "\n  ".join(lines))


def describe_errors(
    error: ValidationError, settings: type[Settings], section: Mapping[str, Any], where: str
) -> Iterator[str]:
    """Yield a line for each error in a section of a configuration.

    Args:
        error: what reading the section raised.
        settings: the class that the section was read as.
        section: its plain values.
        where: the key of the section, empty for the whole configuration.
    """
    places = [details["loc"] for details in error.errors()]
    for details in error.errors():
        # Of a list with wrong entries, pydantic counts the right ones alone.
        if details["type"] != "too_short" or not _has_wrong_entry(details["loc"], places):
            place, problem = _describe(details, settings, section)
            yield f"{join(where, *place)}: {problem}"


def _describe(
    details: Details, settings: type[Settings], section: Mapping[str, Any]
) -> tuple[Sequence[Any], str]:
    """Return where an error is, and what to say of it."""
    *above, key = details["loc"] or ("",)
    match details["type"]:
        case "extra_forbidden":
            return above, _describe_unknown(str(key), *settings.at(above, section))
        case "missing":
            return above, f"{key} is missing"
        case "string_pattern_mismatch" if key == "[key]":
            return above[:-1], describe_name(details["input"])
        case "string_pattern_mismatch":
            inner, _ = settings.at(above, section)
            return details["loc"], _fits_no_pattern(details, inner.model_fields[str(key)])
        case kind:
            describe = DESCRIPTIONS.get(kind, lambda found: found["msg"])
            return details["loc"], describe(details)


def _has_wrong_entry(place: tuple[Any, ...], places: list[tuple[Any, ...]]) -> bool:
    return any(other[: len(place)] == place and other != place for other in places)


def describe_unknown_key(key: str, allowed: Iterable[str]) -> str:
    """Return that a key is unknown, which one may have been meant, and which are allowed."""
    return f"unknown key {key}{_hint(key, allowed)}; allowed are: {', '.join(allowed) or 'none'}"


def describe_undefined(name: Any, known: Iterable[str]) -> str:
    """Return that nothing has this name, which one may have been meant, and which are known."""
    if not isinstance(name, str):
        return f"{name_value(name)} is not text"
    return f"{name!r} is not defined{_hint(name, known)}; known: {', '.join(known) or 'none'}"


def describe_name(name: str) -> str:
    """Return that this cannot name anything."""
    return f"{name!r} is not a name: {NAME_RULE}"


def join(*parts: Any) -> str:
    """Return the place of a value: keys and names, with points between them."""
    return ".".join(str(part) for part in parts if str(part)) or "top level"


def _hint(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), 1)
    return f" (did you mean {close[0]}?)" if close else ""


def _describe_unknown(key: str, settings: type[Settings], section: Mapping[str, Any]) -> str:
    for name, inner in settings.sections(section).items():
        if key in inner.model_fields:
            return f"{key} is a setting of the section {name}; write {name}: {{{key}: ...}}"
    return describe_unknown_key(key, settings.model_fields)


def _is_no(kind: str) -> Callable[[Details], str]:
    return lambda found: f"{name_value(found['input'])} is not {kind}{_number_hint(found)}"


def _number_hint(found: Details) -> str:
    """Return how to write a number that YAML took for text, as it does 1e-4."""
    if found["type"] not in ("int_type", "float_type") or not isinstance(found["input"], str):
        return ""
    try:
        number = float(found["input"])
    except ValueError:
        return ""
    whole = number.is_integer()
    if not math.isfinite(number) or (found["type"] == "int_type" and not whole):
        return ""
    return f" but text to YAML; write {write_line(int(number) if whole else number)}"


def _is_beyond(words: str, limit: str) -> Callable[[Details], str]:
    return lambda found: f"{name_value(found['input'])} is not {words} {found['ctx'][limit]:.10g}"


def _is_not_allowed(found: Details) -> str:
    allowed = found["ctx"]["expected"].replace("' or '", "', '").replace("'", "")
    return f"{name_value(found['input'])} is not one of: {allowed}"


def _fits_no_pattern(found: Details, field: FieldInfo) -> str:
    meaning = " ".join(str(field.description).split()).split(". ")[0].removesuffix(".")
    return f"{found['input']!r} does not fit the pattern {found['ctx']['pattern']} ({meaning})"


def _needs_entries(found: Details) -> str:
    least = found["ctx"]["min_length"]
    return f"needs at least {least} {'entry' if least == 1 else 'entries'}"


DESCRIPTIONS: dict[str, Callable[[Details], str]] = {
    "value_error": lambda found: found["msg"].removeprefix("Value error, "),
    "literal_error": _is_not_allowed,
    "string_type": _is_no("text"),
    "bool_type": _is_no("true or false"),
    "int_type": _is_no("a whole number"),
    "int_from_float": _is_no("a whole number"),
    "float_type": _is_no("a number"),
    "finite_number": _is_no("a finite number"),
    "tuple_type": _is_no("a list"),
    "dict_type": _is_no("a section of keys and values"),
    "model_type": _is_no("a section of keys and values"),
    "greater_than": _is_beyond("more than", "gt"),
    "greater_than_equal": _is_beyond("at least", "ge"),
    "less_than": _is_beyond("less than", "lt"),
    "less_than_equal": _is_beyond("at most", "le"),
    "multiple_of": _is_beyond("a multiple of", "multiple_of"),
    "string_too_short": lambda found: "must not be empty",
    "too_short": _needs_entries,
    "too_long": lambda found: f"takes at most {found['ctx']['max_length']} entries",
}
"""Type of pydantic's error -> what to say of it."""
