"""What each row of the tables saw in training, beside what it is tested on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from nucleibench.data.sheets import organs_of_split
from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.report.markup import EN_DASH, Cell, Section, Table, write_tables
from nucleibench.report.rows import RowTitle, Titles, in_groups

UNKNOWN = "not stated"
# Overlap of what a row saw and what it is tested on -> mark of its name, and what it means.
OVERLAPS = {
    "dataset": ("\N{DAGGER}", "trained on images of this dataset and its organs"),
    "organ": ("\N{DOUBLE DAGGER}", "trained on an organ of these images, in other datasets"),
    "unknown": ("?", "what it was trained on is not stated"),
}
CAPTION = (
    "What each row saw in training and in the choice of its settings. A row that saw images of a"
    " dataset and its organs, or one of its organs elsewhere, is marked in every table of that"
    " dataset"
)
COLUMNS = ["method", "dataset", "datasets", "organs", "overlap"]


def write_saw(
    rows: Mapping[str, Mapping[str, Any] | None],
    titles: Titles,
    sheets: Mapping[str, str | Path],
    training_dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write what each row saw, and how that overlaps with each dataset.

    Args:
        rows: Row -> what it saw: datasets, organs, and whether this experiment trained it or chose
            its setting (trained); None where that is unknown.
        titles: Titles of these rows, in the order of the tables.
        sheets: Dataset -> its sheet.
        training_dataset: Name of the dataset that this experiment trains on.
        output_csv: Where to write a line per row and dataset: method, dataset, datasets and organs
            that the row saw, overlap (a key of ``OVERLAPS``, or nothing).
        output_md: A line per row, for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.
    """
    organs = {name: organs_of_split(path, "test") for name, path in sheets.items()}
    trained_on = organs_of_split(sheets[training_dataset], "train")
    own = {"datasets": [training_dataset], "organs": trained_on}
    saw = {row: _resolve(plain, own) for row, plain in rows.items()}
    lines = [
        (row, dataset, *_join(saw[row]), find_overlap(saw[row], dataset, organs[dataset]))
        for row in titles
        for dataset in sheets
    ]
    table = pd.DataFrame(lines, columns=COLUMNS)
    with atomic_path(output_csv) as temporary:
        table.to_csv(temporary, index=False)
    for output in (output_md, output_tex):
        write_tables(output, [_table(table, titles)])


def find_overlap(
    saw: Mapping[str, Sequence[str]] | None, dataset: str, organs: Sequence[str]
) -> str:
    """Return how what a row saw overlaps with a dataset: a key of ``OVERLAPS``, or nothing.

    Images of other organs of the same dataset are no overlap. A row that does not tell its organs
    may have seen those of a dataset that it names.
    """
    if saw is None:
        return "unknown"
    shared = {organ.lower() for organ in saw["organs"]} & {organ.lower() for organ in organs}
    if dataset.lower() in {name.lower() for name in saw["datasets"]}:
        return "dataset" if shared or not saw["organs"] else ""
    return "organ" if shared else ""


def overlaps_of_organs(
    rows: Mapping[str, Mapping[str, Any] | None], dataset: str, organs: Sequence[str]
) -> dict[tuple[str, str], str]:
    """Return (row, organ) -> how what a row saw elsewhere overlaps with the organ of a dataset.

    What this experiment trains is without the organ that it is tested on.
    """
    return {
        (row, organ): overlap
        for row, plain in rows.items()
        for organ in organs
        if (overlap := find_overlap(plain, dataset, [organ]))
    }


def mark_titles(titles: Titles, saw_csv: str | Path, dataset: str) -> dict[str, RowTitle]:
    """Return titles that say what the rows saw, and mark those that saw some of a dataset.

    Args:
        titles: Titles of rows.
        saw_csv: What :func:`write_saw` wrote of these rows.
        dataset: On which the rows are tested.

    Raises:
        DataError: the file says nothing of a row.
    """
    table = pd.read_csv(saw_csv, dtype=str, keep_default_na=False)
    told = table[table["dataset"] == dataset].set_index("method")
    if missing := [row for row in titles if row not in told.index]:
        raise DataError(f"{saw_csv}: says nothing of {', '.join(missing)} on {dataset}")
    return {row: _mark(title, told.loc[row]) for row, title in titles.items()}


def _mark(title: RowTitle, told: pd.Series) -> RowTitle:
    text = told["datasets"] or told["organs"] or EN_DASH
    if not told["overlap"]:
        return replace(title, saw=text)
    mark, meaning = OVERLAPS[told["overlap"]]
    said = f"{mark} {meaning}" + (f" ({told['organs']})" if told["organs"] else "")
    return replace(
        title,
        name=f"{title.name} {mark}",
        short=f"{title.short} {mark}",
        note="; ".join(filter(None, [title.note, said])),
        saw=UNKNOWN if told["overlap"] == "unknown" else text,
    )


def _resolve(
    plain: Mapping[str, Any] | None, own: Mapping[str, Sequence[str]]
) -> dict[str, list[str]] | None:
    """Return the datasets and organs that a row saw, those of this experiment with them."""
    if plain is None:
        return None
    parts = [plain, *([own] if plain.get("trained") else [])]
    return {
        key: list(dict.fromkeys(value for part in parts for value in part[key]))
        for key in ("datasets", "organs")
    }


def _join(saw: Mapping[str, Sequence[str]] | None) -> tuple[str, str]:
    return ("", "") if saw is None else (", ".join(saw["datasets"]), ", ".join(saw["organs"]))


def _table(table: pd.DataFrame, titles: Titles) -> Table:
    datasets = list(dict.fromkeys(table["dataset"]))
    lines = table.set_index(["method", "dataset"])

    def cells(row: str) -> list[Cell]:
        first = lines.loc[(row, datasets[0])]
        unknown = first["overlap"] == "unknown"
        saw = [UNKNOWN if unknown else first[key] or EN_DASH for key in ("datasets", "organs")]
        marks = [OVERLAPS.get(lines.loc[(row, d), "overlap"], (EN_DASH, "")) for d in datasets]
        overlaps = [Cell(mark, note=meaning) for mark, meaning in marks]
        return [Cell(titles[row].name, note=titles[row].note), *map(Cell, saw), *overlaps]

    header = [Cell("Method"), Cell("Datasets"), Cell("Organs"), *map(Cell, datasets)]
    sections = [Section(group, [*map(cells, rows)]) for group, rows in in_groups(titles)]
    return Table(CAPTION, header, sections)
