"""How the rows of the tables are named, grouped and ordered, as the configuration says."""

from collections.abc import Mapping
from dataclasses import dataclass

from nucleibench.errors import ConfigurationError


@dataclass(frozen=True)
class RowTitle:
    """What the tables and figures call a row.

    Attributes:
        name: In full.
        short: For places where the group is already named.
        group: Heading under which the row stands.
        note: Footnote, empty for none.
        method: Key of the row's method in the configuration, by which the paper's values are
            found; empty where it is the row's own key.
        saw: What it was trained on, as tables say it; empty where they do not.
    """

    name: str
    short: str
    group: str
    note: str = ""
    method: str = ""
    saw: str = ""


Titles = Mapping[str, RowTitle]
"""Row -> title, in the order of the tables."""


def read_titles(plain: Mapping[str, Mapping[str, str]]) -> dict[str, RowTitle]:
    """Return the titles from plain values, row -> the fields of ``RowTitle``.

    Raises:
        ConfigurationError: If a title lacks a field or has an unknown one.
    """
    return {row: _read_title(row, fields) for row, fields in plain.items()}


def in_groups(titles: Titles) -> list[tuple[str, list[str]]]:
    """Return (group, its rows): groups in order of first appearance, rows in the given order."""
    groups: dict[str, list[str]] = {}
    for row, title in titles.items():
        groups.setdefault(title.group, []).append(row)
    return list(groups.items())


def in_order(titles: Titles) -> list[str]:
    """Return the rows, those of a group together."""
    return [row for _, rows in in_groups(titles) for row in rows]


def methods_of(titles: Titles) -> dict[str, str]:
    """Return row -> key of its method in the configuration."""
    return {row: title.method or row for row, title in titles.items()}


def _read_title(row: str, fields: Mapping[str, str]) -> RowTitle:
    try:
        return RowTitle(**fields)
    except TypeError as error:
        raise ConfigurationError(
            f"title of the row {row!r}: {error}; a title has name, short, group and, if wanted, "
            "note and method"
        ) from error
