"""The JSON schema of the configuration, made from the classes of settings.

Editors and other readers take it; the library itself reads the classes. It says all that a section
can say alone. That a name is defined elsewhere is checked by ``references.py``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Family
from nucleibench.settings import Settings

Schema = dict[str, Any]
# Class of settings -> the families whose networks or methods it describes.
Classes = Mapping[type[Settings], list[str]]

DEFINITIONS = "#/$defs/"
PATHVARS = {"description": "Snakemake's own variables in paths. Leave it out.", "type": "object"}
FAMILY = "The method family."
KEYS_FIRST = ("title", "description", "type")


def build_schema(families: Mapping[str, Family]) -> Schema:
    """Return the schema of configurations with these method families.

    Its definitions stand in the order in which the sections name them.
    """
    networks = _by_class({name: family.network for name, family in families.items()})
    methods = _by_class({name: family.method for name, family in families.items()})
    found = _describe({"network": networks, "method": methods})
    root = _with_entries(found.pop("configuration"))
    found |= {"network": _network_entry(networks), "method": _method_entry(methods)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **root,
        "title": "Configuration of NucleiBench",
        "description": "Every key of a configuration with its type, bounds, default and meaning.",
        "$defs": dict(_reached(root, found, set())),
    }


def _by_class(classes: Mapping[str, type[Settings] | None]) -> dict[type[Settings], list[str]]:
    found: dict[type[Settings], list[str]] = {}
    for name, settings in classes.items():
        if settings:
            found.setdefault(settings, []).append(name)
    return found


def _describe(kinds: Mapping[str, Classes]) -> dict[str, Schema]:
    """Return the definitions of the configuration, of networks and methods, by our names."""
    keys, definitions = _generate([Configuration, *(c for found in kinds.values() for c in found)])
    definitions = _lift_classes(definitions)
    names = {key: _spaced(key).lower().replace(" ", "_") for key in definitions}
    for kind, classes in kinds.items():
        for settings, families in classes.items():
            names[keys[settings]] = f"{families[0]}_{kind}"
            _bind(definitions[keys[settings]], kind, families)
    return {names[key]: _tidy(schema, names) for key, schema in definitions.items()}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, for catalogues whose entries can be null, and without its titles."""

    def dict_schema(self, schema: Any) -> Schema:
        names, entry = (
            self.generate_inner(schema[f"{part}_schema"]) for part in ("keys", "values")
        )
        entries = self.get_union_of_schemas([entry, {"type": "null"}])
        catalogue = {"type": "object", "propertyNames": names, "additionalProperties": entries}
        self.update_with_validations(catalogue, schema, self.ValidationsMapping.object)
        return catalogue

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _generate(
    classes: Sequence[type[Settings]],
) -> tuple[dict[type[Settings], str], dict[str, Schema]]:
    """Return pydantic's keys of classes, and its definitions, those inside them included."""
    places, generated = models_json_schema(
        [(settings, "validation") for settings in classes], schema_generator=_Generator
    )
    keys = {settings: _key(places[settings, "validation"]["$ref"]) for settings in classes}
    return keys, generated["$defs"]


def _lift_classes(definitions: Mapping[str, Schema]) -> dict[str, Schema]:
    """Return definitions of which none holds another class: each has one of its own."""
    lifted: dict[str, Schema] = {}

    def lift(value: Any) -> Any:
        if isinstance(value, list):
            return [lift(part) for part in value]
        if not isinstance(value, dict):
            return value
        inner = {key: lift(part) for key, part in value.items()}
        if not isinstance(title := inner.get("title"), str):
            return inner
        lifted[title] = inner
        return {"$ref": DEFINITIONS + title}

    for key, schema in definitions.items():
        lifted[key] = {part: lift(value) for part, value in schema.items()}
    return lifted


def _bind(schema: Schema, kind: str, families: list[str]) -> None:
    """Let the definition of a network or method name its families."""
    word = "family" if len(families) == 1 else "families"
    schema["title"] = f"{kind.capitalize()}s of the {word} {' and '.join(families)}"
    properties, required = schema["properties"], schema.get("required", [])
    described = properties["family"]["description"]
    if not {"network", "networks"} & properties.keys() and "family" not in required:
        # Nothing else says which family it is.
        schema["required"], described = ["family", *required], FAMILY
    properties["family"] = {"description": described, "enum": families}


def _network_entry(classes: Classes) -> Schema:
    """Return the schema of an entry of `networks`, which goes by its family."""
    return {
        "title": "Networks",
        "description": "A network to train. What can be set depends on its family.",
        "type": "object",
        "required": ["family"],
        "properties": {"family": _any_family(classes)},
        "allOf": list(_cases("network", classes)),
    }


def _method_entry(classes: Classes) -> Schema:
    """Return the schema of an entry of `methods`, which goes by its family or its networks.

    The family of its network stands elsewhere, so that a method of one network may be any that has
    one.
    """
    one, several = (
        [_reference("method", found) for c, found in classes.items() if key in c.model_fields]
        for key in ("network", "networks")
    )
    without_family = {
        "if": {"required": ["networks"]},
        "then": {"anyOf": several},
        "else": {"required": ["network"], "anyOf": one},
    }
    no_family = {"if": {"not": {"required": ["family"]}}, "then": without_family}
    return {
        "title": "Methods",
        "description": "A method makes a row of the tables. What can be set depends on its family."
        " Left out, the family is that of its `network`, or `ensemble` where it has `networks`.",
        "type": "object",
        "properties": {"family": _any_family(classes)},
        "allOf": [*_cases("method", classes), no_family],
    }


def _any_family(classes: Classes) -> Schema:
    every = [name for families in classes.values() for name in families]
    return {"description": FAMILY, "enum": every}


def _cases(kind: str, classes: Classes) -> Iterator[Schema]:
    for families in classes.values():
        case = {"required": ["family"], "properties": {"family": {"enum": families}}}
        yield {"if": case, "then": _reference(kind, families)}


def _reference(kind: str, families: list[str]) -> Schema:
    return {"$ref": f"{DEFINITIONS}{families[0]}_{kind}"}


def _with_entries(root: Schema) -> Schema:
    """Return the top level with the entries of `networks` and `methods`, and Snakemake's key."""
    properties = {**root["properties"], "pathvars": PATHVARS}
    for key in ("networks", "methods"):
        entry = {"anyOf": [{"$ref": DEFINITIONS + key.removesuffix("s")}, {"type": "null"}]}
        properties[key] = {**properties[key], "additionalProperties": entry}
    return {**root, "properties": properties}


def _reached(
    value: Any, definitions: Mapping[str, Schema], seen: set[str]
) -> Iterator[tuple[str, Schema]]:
    """Yield the definitions that a schema names, each before those that it names itself."""
    if isinstance(value, list):
        for part in value:
            yield from _reached(part, definitions, seen)
    if isinstance(value, dict):
        if (name := _key(value.get("$ref", ""))) and name not in seen:
            seen.add(name)
            yield name, definitions[name]
            yield from _reached(definitions[name], definitions, seen)
        yield from _reached(list(value.values()), definitions, seen)


def _tidy(value: Any, names: Mapping[str, str]) -> Any:
    """Return a schema with our names and joined lines; a section's default is that of its keys."""
    if isinstance(value, list):
        return [_tidy(part, names) for part in value]
    if not isinstance(value, dict):
        return value
    keys = [*(key for key in KEYS_FIRST if key in value), *value]
    tidied = {key: _tidy(value[key], names) for key in keys}
    for key, tidy in (("description", _join_lines), ("title", _spaced)):
        if isinstance(text := tidied.get(key), str):
            tidied[key] = tidy(text)
    if "$ref" in tidied:
        tidied["$ref"] = DEFINITIONS + names[_key(tidied["$ref"])]
        tidied.pop("default", None)
    return tidied


def _join_lines(text: str) -> str:
    """Return a text with one line for each of its paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _spaced(title: str) -> str:
    """Return the name of a class as words; one of several capitals stays as it is."""
    if " " in title:
        return title
    first, *others = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", title).split()
    return " ".join([first, *map(str.lower, others)]).removesuffix(" settings")


def _key(reference: str) -> str:
    return reference.removeprefix(DEFINITIONS)
