"""Typed settings: each is written once, with its type, bounds, default and meaning.

A section of the configuration is a :class:`Settings` class beside the code that obeys it. The
schema and docs/configuration.md are made from these classes.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import core_schema

from nucleibench.registry import Registry


class Settings(BaseModel):
    """A section of the configuration: frozen, strict, and without unknown keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )

    @classmethod
    def read(cls, section: Mapping[str, Any]) -> Self:
        """Return the settings in a section of plain values, as YAML or a job's parameters give it.

        Raises:
            pydantic.ValidationError: something in it is unknown, missing or out of bounds.
        """
        return cls.model_validate_json(json.dumps(section, default=str))

    @classmethod
    def sections(cls, section: Mapping[str, Any]) -> "dict[str, type[Settings]]":
        """Return the keys that are sections of their own, with their classes.

        Args:
            section: the plain values at hand; in subclasses, classes can depend on them.
        """
        found = {key: _section_in(field.annotation) for key, field in cls.model_fields.items()}
        return {key: inner for key, inner in found.items() if inner}

    @classmethod
    def at(
        cls, keys: Sequence[str | int], section: Any
    ) -> "tuple[type[Settings], Mapping[str, Any]]":
        """Return the class, and the plain values, of what keys lead to in a section.

        Keys that are names in a catalogue, or places in a list, change no class.
        """
        found: type[Settings] = cls
        for key in keys:
            found = found.sections(section).get(str(key), found)
            section = section[key]
        return found, section

    def plain(self, *left_out: str) -> dict[str, Any]:
        """Return the settings as plain values, without the keys ``left_out``."""
        return self.model_dump(mode="json", exclude=set(left_out))


def _section_in(annotation: Any) -> type[Settings] | None:
    """Return the class of settings in a type: itself, or that of a catalogue's entries."""
    if isinstance(annotation, type) and issubclass(annotation, Settings):
        return annotation
    return next(filter(None, map(_section_in, get_args(annotation))), None)


class OneOf:
    """Annotates a setting that is a name in a registry."""

    def __init__(self, registry: Registry[Any]) -> None:
        """Take the registry, of which only the names are read."""
        self.registry = registry

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Check the name after its type."""
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        """List the names."""
        return {**handler(schema), "enum": list(self.registry)}

    def check(self, name: str) -> str:
        """Return the name; raise ValueError where it is not registered."""
        if name not in self.registry:
            raise ValueError(f"{name!r} is not one of: {', '.join(self.registry)}")
        return name


NAME_PATTERN = r"^\w[\w.-]*$"
NAME_RULE = "a name becomes part of file names; it has letters, digits, _, - and points"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[int, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
