"""The manual of the configuration, from its schema: for each section a table of its keys."""

from collections.abc import Iterator
from typing import Any

from nucleibench.experiment.schema import DEFINITIONS, Schema

INTRODUCTION = """\
# Configuration

<!-- `make documents` writes this page from the classes of settings. Do not edit it. -->

A file of your own is laid over [config.yaml](../config.yaml) with
`snakemake --configfile mine.yaml`: sections merge, values and lists replace.
`python -m nucleibench.experiment mine.yaml` checks it without running anything. Editors read the
same from [schemas/config.schema.yaml](../schemas/config.schema.yaml). The [glossary](glossary.md)
explains the words."""
HEADER = "| key | type | default | meaning |\n|---|---|---|---|"
TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "section",
    "null": "`null`",
}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
    "pattern": "fits `{}`",
}


def write_manual(schema: Schema) -> str:
    """Return the manual of a schema that ``build_schema`` made, as Markdown."""
    manual = _Manual(schema["$defs"])
    top = {**schema, "title": "Top level", "description": "The keys of a configuration file."}
    sections = map(manual.describe, [top, *schema["$defs"].values()])
    return "\n\n".join([INTRODUCTION, *sections]) + "\n"


class _Manual:
    """Writes the sections of a manual, which name each other."""

    def __init__(self, definitions: dict[str, Schema]) -> None:
        self.definitions = definitions

    def describe(self, schema: Schema) -> str:
        """Return the heading, the description, the table and the cases of a section."""
        # A section that only says which other one applies needs no table.
        table = "" if schema["properties"].keys() == {"family"} else self._table(schema)
        cases = "\n".join(f"- {case}" for case in self._cases(schema))
        parts = (f"## {schema['title']}", schema["description"], table, cases)
        return "\n\n".join(part for part in parts if part)

    def _table(self, schema: Schema) -> str:
        rows = []
        for key, part in schema["properties"].items():
            default = "required" if key in schema.get("required", []) else _default(part)
            cells = (f"`{key}`", self._type(part), default, self._meaning(part))
            rows.append(" | ".join(cell.replace("|", "\\|") for cell in cells))
        return "\n".join([HEADER, *(f"| {row} |" for row in rows)])

    def _cases(self, schema: Schema) -> Iterator[str]:
        """Yield which section applies under which value of a key."""
        for case in schema.get("allOf", []):
            for key, condition in case["if"].get("properties", {}).items():
                values = condition.get("enum") or [condition["const"]]
                where = " or ".join(f"`{key}: {value}`" for value in values)
                yield f"{where}: {self._applied(case['then'])}"

    def _applied(self, then: Schema) -> str:
        if "$ref" in then:
            return self._link(then)
        return ", ".join(f"`{k}` is {self._link(part)}" for k, part in then["properties"].items())

    def _type(self, part: Schema) -> str:
        """Return the type of a key in words, with its bounds."""
        if "$ref" in part:
            return self._link(part)
        if "anyOf" in part:
            return ", or ".join(map(self._type, part["anyOf"]))
        if "enum" in part or "const" in part:
            return _choices(part.get("enum") or [part["const"]])
        if "items" in part:
            return f"list{_length(part)} ({self._type(part['items'])})"
        if "additionalProperties" in part:
            return f"by name: {self._type(part['additionalProperties'])}"
        bounds = (words.format(_text(part[key])) for key, words in BOUNDS.items() if key in part)
        return ", ".join([TYPES[part["type"]], *bounds])

    def _meaning(self, part: Schema) -> str:
        described = part if "description" in part else self._definition(part)
        return described["description"].replace("\n\n", " ")

    def _link(self, part: Schema) -> str:
        title = self._definition(part)["title"]
        return f"[{title}](#{title.lower().replace(' ', '-')})"

    def _definition(self, part: Schema) -> Schema:
        return self.definitions[part["$ref"].removeprefix(DEFINITIONS)]


def _choices(values: list[str]) -> str:
    *others, last = (f"`{value}`" for value in values)
    return f"{', '.join(others)} or {last}" if others else last


def _length(part: Schema) -> str:
    fewest, most = part.get("minItems", 0), part.get("maxItems")
    if fewest == most:
        return f" of {fewest}"
    return f" of at least {fewest}" if fewest else ""


def _default(part: Schema) -> str:
    """Return the default of a key as YAML; a section has none but those of its keys."""
    return f"`{_text(part['default'])}`" if part.get("default", "") != "" else ""


def _text(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    words = {None: "null", True: "true", False: "false"}
    if value is None or isinstance(value, bool):
        return words[value]
    return f"{value:g}" if isinstance(value, float) else str(value)
