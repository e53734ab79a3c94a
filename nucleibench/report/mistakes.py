"""The table of mistakes: what became of the true nuclei in every row."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.evaluate.mistakes import MISTAKES
from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.results import read_results
from nucleibench.report.rows import RowTitle, Titles, in_groups, in_order

COLUMNS = ("n_true", *MISTAKES, "n_predicted", "invented")
HEADINGS = {"n_true": "True nuclei", "n_predicted": "Predicted"}


def write_mistakes(
    metrics: Mapping[str, str | Path],
    titles: Titles,
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write how many nuclei of a dataset each row found, merged, split, missed, misdrew.

    Args:
        metrics: Row -> metrics file.
        titles: Titles of these rows, in the order of the tables.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write the counts.
        output_md: The same for reading, with shares in parentheses.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
    """
    counts = count_by_row(read_results(metrics, in_order(titles)))
    with atomic_path(output_csv) as temporary:
        counts.to_csv(temporary, index_label="method")
    caption = (
        f"What became of the nuclei of {dataset}; in parentheses the share of the true nuclei, and"
        " of the predicted ones that were invented"
    )
    header = [HEADINGS.get(column, column.capitalize()) for column in counts]
    sections = [
        Section(group, [_cells(titles[row], counts.loc[row]) for row in rows])
        for group, rows in in_groups(titles)
    ]
    table = Table(caption, [Cell("Method"), *map(Cell, header)], sections)
    for output in (output_md, output_tex):
        write_tables(output, [table])


def count_by_row(results: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the sums over all images, a row per key: ``COLUMNS``, and what was found."""
    sums = {row: images[list(COLUMNS)].sum().astype(int) for row, images in results.items()}
    counts = pd.DataFrame.from_dict(sums, orient="index")
    counts.insert(1, "found", counts["n_true"] - counts[list(MISTAKES)].sum(axis=1))
    return counts


def _cells(title: RowTitle, counts: pd.Series) -> list[Cell]:
    def cell(column: str) -> Cell:
        if column in ("n_true", "n_predicted"):
            return Cell(str(counts[column]))
        whole = counts["n_predicted" if column == "invented" else "n_true"]
        return Cell(str(counts[column]), aside=f"({counts[column] / max(whole, 1):.0%})")

    return [Cell(title.name, note=title.note), *map(cell, counts.index)]
