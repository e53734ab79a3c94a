"""The table of what validation images chose: methods compared without a look at the test organ."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.rows import Titles

DIGITS = 4


def write_choices(
    tables: Mapping[str, str | Path],
    titles: Titles,
    output_csv: str | Path,
    output_md: str | Path,
) -> None:
    """Write the best candidate of each row and its mean AJI on the validation images.

    The same images chose the candidate, so that the AJI is somewhat too high, for all alike.

    Args:
        tables: Row -> the AJI of its candidates, as ``evaluate.choosing`` writes them.
        titles: Names and notes of these rows.
        output_csv: Where to write the choices, the highest AJI first.
        output_md: The same for reading.
    """
    choices = pd.DataFrame.from_dict(
        {row: _best(pd.read_csv(path)) for row, path in tables.items()}, orient="index"
    ).sort_values("aji", ascending=False, kind="stable")
    with atomic_path(output_csv) as temporary:
        choices.to_csv(temporary, index_label="method")
    header = [Cell("Method"), Cell("AJI"), *map(Cell, choices.columns[1:])]
    rows = [
        [Cell(titles[row].name, note=titles[row].note), *_cells(choice)]
        for row, choice in choices.iterrows()
    ]
    caption = "Mean AJI on the validation images under the setting that they chose"
    write_tables(output_md, [Table(caption, header, [Section("", rows)])])


def _best(candidates: pd.DataFrame) -> dict[str, object]:
    best = candidates.loc[candidates["aji"].idxmax()].to_dict()
    return {"aji": best.pop("aji"), **best}


def _cells(choice: pd.Series) -> list[Cell]:
    return [Cell(f"{choice['aji']:.{DIGITS}f}"), *(Cell(_text(v)) for v in choice.iloc[1:])]


def _text(value: object) -> str:
    if pd.isna(value):
        return ""
    return value if isinstance(value, str) else f"{value:g}"
