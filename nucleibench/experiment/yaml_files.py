"""Reading YAML strictly: what is wrong has its file, its line and a remedy."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from nucleibench.errors import ConfigurationError

MERGE = "tag:yaml.org,2002:merge"

COLON = (
    "here or in the line above a colon and a space are missing after a key, a line is indented too"
    " far, or a text with a colon lacks quotes"
)
INDENTATION = "wrong indentation: the keys of a section begin in one column, and so do list entries"
REMEDIES = {
    r"found character '\t'": "a tab; indent with spaces",
    "could not find expected ':'": "a colon and a space are missing after a key",
    "mapping values are not allowed": COLON,
    "expected ',' or": "a comma or a closing bracket is missing, here or above",
    "found unexpected end of stream": "a quote opens here and does not close",
    "found unknown escape character": "a backslash between double quotes; use single quotes",
    "that cannot start any token": "a text that begins with this character lacks quotes",
    "expected alphabetic or numeric": "a text that begins with * or & lacks quotes",
    "could not determine a constructor": "a text that begins with ! lacks quotes",
    "found undefined alias": "the name after * is given to nothing above; give it with &",
    "second occurrence": "this name is given with & a second time; rename one",
    "for merging": "<<: takes the names of sections alone, as in <<: *name",
    "found unhashable key": "a section or a list cannot be a key; remove the braces around it",
    "found another document": "--- begins a second document; remove it",
    "but found '<block": INDENTATION,
    "but found '?'": INDENTATION,
    "but found": "the value before this is complete; remove this, or put both between quotes",
}
"""Part of PyYAML's own message, the more precise first -> what to say instead."""
# What begins in one line and is missed in another is told where it begins.
BEGUN = ("while scanning a simple key", "while scanning a quoted scalar")


class _Loader(yaml.SafeLoader):
    """Loads YAML in which no key stands twice in a section."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        """Refuse keys that stand twice, before what `<<` merges is laid under them."""
        node = super().compose_mapping_node(anchor)
        lines: dict[tuple[str, str], int] = {}
        for key, _ in node.value:
            written = (key.tag, str(key.value))
            if written in lines and key.tag != MERGE:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key.value} stands in line {lines[written]} already; keep one"
                    " of them",
                    problem_mark=key.start_mark,
                )
            lines[written] = key.start_mark.line + 1
        return node

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Say in which line something looks like a date or a number and is none."""
        try:
            return super().construct_object(node, deep)  # type: ignore[no-untyped-call]
        except ValueError as error:
            raise yaml.MarkedYAMLError(
                problem=f"no date and no number ({error}); quotes make it a text",
                problem_mark=node.start_mark,
            ) from error


def read_yaml(path: str | Path) -> dict[str, Any]:
    """Return the content of a YAML file with keys and values.

    Raises:
        ConfigurationError: it cannot be read, a key stands twice, or it is no YAML; with file and
            line, and how to mend it.
    """
    content = _load(Path(path))
    if content is None:
        raise ConfigurationError(f"{path}: no settings are in it; write some, or leave it out")
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: it has no keys at its top; write `key: value` there")
    return content


def check_yaml_files(paths: Iterable[str | Path]) -> None:
    """Raise ConfigurationError for the first of these files that is no strict YAML.

    Snakemake reads the files of ``--configfile`` before any line of ours runs. What is no YAML in
    them it refuses itself, with neither file nor line; keys that stand twice are found here.
    """
    for path in paths:
        if Path(path).suffix in (".yaml", ".yml"):
            read_yaml(path)


def _load(path: Path) -> Any:
    text = ""
    try:
        text = path.read_bytes().decode()
        return yaml.load(text, _Loader)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        lines_before = error.object[: error.start].count(b"\n")
        raise _wrong(path, lines_before, "not UTF-8; save the file in this encoding") from error
    except yaml.reader.ReaderError as error:
        lines_before = text[: error.position].count("\n")
        raise _wrong(path, lines_before, "a control character; remove it") from error
    except RecursionError as error:
        raise ConfigurationError(
            f"{path}: brackets in brackets without end; remove them"
        ) from error
    except yaml.MarkedYAMLError as error:
        raise _wrong(path, _count_lines_before(error), _explain(error)) from error


def _wrong(path: Path, lines_before: int, problem: str) -> ConfigurationError:
    return ConfigurationError(f"{path}, line {lines_before + 1}: {problem}")


def _count_lines_before(error: yaml.MarkedYAMLError) -> int:
    mark = error.context_mark if error.context in BEGUN else error.problem_mark
    return mark.line if mark else 0


def _explain(error: yaml.MarkedYAMLError) -> str:
    """Return in words how to mend what PyYAML names by its grammar."""
    problem = str(error.problem)
    return next((words for part, words in REMEDIES.items() if part in problem), problem)
