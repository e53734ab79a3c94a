"""The table of mistakes: what became of the true nuclei under every method."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.evaluate.mistakes import MISTAKES
from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.methods import describe_method, in_groups
from nucleibench.report.results import read_results

COLUMNS = ("n_true", *MISTAKES, "n_predicted", "invented")
HEADINGS = {"n_true": "True nuclei", "n_predicted": "Predicted", "found": "Found"}


def write_mistakes(
    metrics: Mapping[str, str | Path],
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
    *,
    notes: Mapping[str, str],
) -> None:
    """Write how many nuclei of a dataset each method found, merged, split, missed, misdrew.

    Args:
        metrics: Method -> metrics file.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write the counts, a row per method.
        output_md: The same for reading, with shares in parentheses.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
        notes: Method -> footnote.
    """
    counts = count_by_method(metrics)
    with atomic_path(output_csv) as temporary:
        counts.to_csv(temporary, index_label="method")
    caption = (
        f"What became of the nuclei of {dataset}; in parentheses the share of the true nuclei, and"
        " of the predicted ones that were invented"
    )
    header = [HEADINGS.get(column, column.capitalize()) for column in counts]
    sections = [
        Section(group, [_row(method, counts.loc[method], notes) for method in methods])
        for group, methods in in_groups(counts.index)
    ]
    table = Table(caption, [Cell("Method"), *map(Cell, header)], sections)
    for output in (output_md, output_tex):
        write_tables(output, [table])


def count_by_method(metrics: Mapping[str, str | Path]) -> pd.DataFrame:
    """Return the sums over all images, a row per method: ``COLUMNS``, and what was found."""
    sums = {
        method: rows[list(COLUMNS)].sum().astype(int)
        for method, rows in read_results(metrics).items()
    }
    counts = pd.DataFrame.from_dict(sums, orient="index")
    counts.insert(1, "found", counts["n_true"] - counts[list(MISTAKES)].sum(axis=1))
    return counts


def _row(method: str, counts: pd.Series, notes: Mapping[str, str]) -> list[Cell]:
    def cell(column: str) -> Cell:
        if column in ("n_true", "n_predicted"):
            return Cell(str(counts[column]))
        whole = counts["n_predicted" if column == "invented" else "n_true"]
        return Cell(str(counts[column]), aside=f"({counts[column] / max(whole, 1):.0%})")

    name = Cell(describe_method(method).name, note=notes.get(method, ""))
    return [name, *map(cell, counts.index)]
