"""Tables of the mean AJI by rows and groups of images, such as organs and patients."""

from collections.abc import Mapping

import pandas as pd

from nucleibench.data.samples import count
from nucleibench.report.markup import EN_DASH, Cell, Section, Table
from nucleibench.report.rows import Titles, in_groups

DIGITS = 3


def summarize_groups(metrics: Mapping[tuple[str, str], pd.DataFrame], group: str) -> pd.DataFrame:
    """Return the scores of each row on each group of images.

    Args:
        metrics: (row, name of a group) -> metrics with a line per image.
        group: What the groups are: organ or patient.

    Returns:
        A line per key: method, the group under its own name, images, nuclei (true ones), aji (mean
        over the images), deviation (of the images, n - 1; not a number for one).
    """
    lines = [
        (row, name, len(images), images["n_true"].sum(), images["aji"].mean(), images["aji"].std())
        for (row, name), images in metrics.items()
    ]
    columns = ["method", group, "images", "nuclei", "aji", "deviation"]
    return pd.DataFrame(lines, columns=columns)


def arrange(scores: pd.DataFrame, group: str) -> pd.DataFrame:
    """Return the AJI of :func:`summarize_groups` as rows by groups, each in its first order."""
    grid = scores.pivot(index="method", columns=group, values="aji")
    return grid.loc[scores["method"].unique(), scores[group].unique()]


def name_columns(scores: pd.DataFrame, group: str, between: str) -> list[str]:
    """Return the name of each group with its images and nuclei."""
    first = scores.drop_duplicates(group)
    facts = zip(first[group], first["images"], first["nuclei"], strict=True)
    return [
        between.join([str(name), count(images, "image"), f"{nuclei} nuclei"])
        for name, images, nuclei in facts
    ]


def tabulate_grid(
    scores: pd.DataFrame,
    titles: Titles,
    group: str,
    caption: str,
    marks: Mapping[tuple[str, str], tuple[str, str]] = {},
) -> Table:
    """Return the table of rows by groups; marks are (row, group) -> a mark, and its footnote."""
    grid = arrange(scores, group)

    def cells(row: str) -> list[Cell]:
        values = grid.loc[row].items()
        scored = [_score(value, *marks.get((row, str(name)), ("", ""))) for name, value in values]
        return [Cell(titles[row].name, note=titles[row].note), *scored]

    sections = [Section(name, list(map(cells, rows))) for name, rows in in_groups(titles)]
    header = [Cell("Method"), *map(Cell, name_columns(scores, group, ", "))]
    return Table(caption, header, sections)


def _score(value: float, mark: str, note: str) -> Cell:
    if pd.isna(value):
        return Cell(EN_DASH)
    return Cell(f"{value:.{DIGITS}f} {mark}".rstrip(), note=note)
