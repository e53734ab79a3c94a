"""Table 3: the AJI of every image under every method, the paper's beside it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.methods import describe_method, in_groups
from nucleibench.report.paper import paper_table3
from nucleibench.report.results import aji_by_image, read_results

DIGITS = 3


def write_table3(
    metrics: Mapping[str, str | Path],
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    notes: Mapping[str, str],
    paper_dataset: str | None,
) -> None:
    """Write Table 3 of one dataset: a row per image; for reading, one table per group of methods.

    The CSV holds image, a column per method, then ``paper_*`` and ``difference_*`` for the methods
    that the paper prints.

    Args:
        metrics: Method -> metrics file.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write all numbers.
        output_md: Where to write them for reading, with the means, the best of each group in bold.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        notes: Method -> footnote.
        paper_dataset: Whose values of the paper to set beside: monuseg; None for none.
    """
    ours = aji_by_image(read_results(metrics))
    paper = paper_table3(paper_dataset).reindex(ours.index)
    paper = paper[[method for method in ours if method in paper]]
    difference = ours[paper.columns] - paper
    with atomic_path(output_csv) as temporary:
        columns = [ours, paper.add_prefix("paper_"), difference.add_prefix("difference_")]
        pd.concat(columns, axis=1).to_csv(temporary, index_label="image")
    ours, paper = _with_mean(ours), _with_mean(paper)
    tables = [
        _table(f"AJI on the images of {dataset}: {group}", ours[methods], paper, notes)
        for group, methods in in_groups(ours.columns)
    ]
    for output in (output_md, output_tex):
        write_tables(output, tables)


def _with_mean(values: pd.DataFrame) -> pd.DataFrame:
    """Add the row of means; a column that lacks an image has none, for it would mislead."""
    return pd.concat([values, values.mean(skipna=False).to_frame("Mean").T])


def _table(
    caption: str, ours: pd.DataFrame, paper: pd.DataFrame, notes: Mapping[str, str]
) -> Table:
    """Return one group's table: ours, and in parentheses the paper's where it has any."""
    beside = paper.reindex(columns=ours.columns)
    if beside.notna().any(axis=None):
        caption += "; in parentheses the paper's"
    header = [
        Cell(describe_method(method).short, note=notes.get(method, "")) for method in ours.columns
    ]
    rows = [[Cell(image), *_cells(ours.loc[image], beside.loc[image])] for image in ours.index]
    return Table(
        caption, [Cell("Image"), *header], [Section("", rows[:-1]), Section("", rows[-1:])]
    )


def _cells(ours: pd.Series, paper: pd.Series) -> list[Cell]:
    printed = ours.round(DIGITS)
    bold = (printed == printed.max()) & (len(ours) > 1)
    return [
        Cell(f"{value:.{DIGITS}f}", bold[method], aside=_in_parentheses(paper[method]))
        for method, value in ours.items()
    ]


def _in_parentheses(value: float) -> str:
    return "" if pd.isna(value) else f"({value:.{DIGITS}f})"
