"""The table of images (Table 3): the AJI of every image in every row, the paper's beside it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.paper import paper_table3
from nucleibench.report.results import aji_by_image, read_results
from nucleibench.report.rows import RowTitle, Titles, in_groups, in_order, methods_of

DIGITS = 3


def write_images(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    paper_dataset: str | None,
) -> None:
    """Write the AJI of every image of one dataset; for reading, one table per group.

    Rows of the other tables are columns here. The CSV holds image, a column per row, then
    ``paper_*`` and ``difference_*`` for those whose method the paper prints.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write all numbers.
        output_md: Where to write them for reading, with the means, the best of each group in bold.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        paper_dataset: Whose values of the paper to set beside: monuseg; None for none.
    """
    ours = aji_by_image(read_results(metrics, in_order(titles)))
    paper = _paper_ajis(paper_dataset, ours, titles)
    difference = ours[list(paper)] - paper
    with atomic_path(output_csv) as temporary:
        columns = [ours, paper.add_prefix("paper_"), difference.add_prefix("difference_")]
        pd.concat(columns, axis=1).to_csv(temporary, index_label="image")
    ours, paper = _with_mean(ours), _with_mean(paper)
    tables = [
        _table(f"AJI on the images of {dataset}: {group}", ours[rows], paper, titles)
        for group, rows in in_groups(titles)
    ]
    for output in (output_md, output_tex):
        write_tables(output, tables)


def _paper_ajis(paper_dataset: str | None, ours: pd.DataFrame, titles: Titles) -> pd.DataFrame:
    """Return the paper's AJI, shaped as ours but without the columns that the paper has not."""
    printed, methods = paper_table3(paper_dataset).reindex(ours.index), methods_of(titles)
    columns = {row: printed[methods[row]] for row in ours if methods[row] in printed}
    return pd.DataFrame(columns, index=ours.index)


def _with_mean(values: pd.DataFrame) -> pd.DataFrame:
    """Add the row of means; a column that lacks an image has none, for it would mislead."""
    return pd.concat([values, values.mean(skipna=False).to_frame("Mean").T])


def _table(caption: str, ours: pd.DataFrame, paper: pd.DataFrame, titles: Titles) -> Table:
    """Return one group's table: ours, and in parentheses the paper's where it has any."""
    beside = paper.reindex(columns=ours.columns)
    if beside.notna().any(axis=None):
        caption += "; in parentheses the paper's"
    header = [Cell("Image"), *(_heading(titles[row]) for row in ours)]
    lines = [[Cell(image), *_cells(ours.loc[image], beside.loc[image])] for image in ours.index]
    return Table(caption, header, [Section("", lines[:-1]), Section("", lines[-1:])])


def _heading(title: RowTitle) -> Cell:
    return Cell(title.short, note=title.note)


def _cells(ours: pd.Series, paper: pd.Series) -> list[Cell]:
    printed = ours.round(DIGITS)
    bold = (printed == printed.max()) & (len(ours) > 1)
    return [
        Cell(f"{value:.{DIGITS}f}", bold[row], aside=_in_parentheses(paper[row]))
        for row, value in ours.items()
    ]


def _in_parentheses(value: float) -> str:
    return "" if pd.isna(value) else f"({value:.{DIGITS}f})"
