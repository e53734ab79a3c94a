"""All other tables of the run, whichever there are."""

import re
from pathlib import Path

import pandas as pd

from nucleibench.evaluate.summary import MEASURES
from nucleibench.page.html import Cell, Table, anything, read_frame, tables
from nucleibench.page.run import Run
from nucleibench.page.scores import name_of

TITLE = "Comparisons, groups and mistakes"
SHOWN_BEFORE = re.compile(r"table2_.+|table3")
# Beginning of a table's name -> its caption; {} is the dataset. Tables come in this order.
CAPTIONS = {
    "hold_out": "AJI with every organ held out once",
    "comparisons_": "Paired comparisons of methods on {}",
    "by_organ_": "AJI by organ on {}",
    "by_patient_": "AJI by patient on {}",
    "saw": "What each row saw in training, and how that overlaps with each dataset",
    "mistakes_": "What became of the true nuclei of {}: found, merged, split, missed or misdrawn",
    "seeds_": "Mean and spread over seeds on {}",
    "validation": "The settings that validation images chose",
}
HEADINGS = {"n_true": "True nuclei", "n_predicted": "Predicted nuclei"}
ROWS = {"method", "row", "other", "baseline", "first", "second", "one", "against"}
"""Columns whose values are rows of the tables, as far as they are known."""


def render(run: Run) -> str:
    """Return every table below the results that no other section shows."""
    paths = sorted((run.results / "tables").glob("*.csv"), key=_place)
    rest = [path for path in paths if not SHOWN_BEFORE.fullmatch(path.stem)]
    frames = [(path, read_frame(path)) for path in rest]
    found = [_table(run, path, frame) for path, frame in frames if not frame.empty]
    return tables(found) if found else ""


def _place(path: Path) -> tuple[int, str]:
    places = [i for i, start in enumerate(CAPTIONS) if path.stem.startswith(start)]
    return (places or [len(CAPTIONS)])[0], path.stem


def _table(run: Run, path: Path, frame: pd.DataFrame) -> Table:
    dataset = next((name for name in run.datasets if path.stem.endswith(f"_{name}")), "")
    run = run.on(dataset) if dataset else run
    header = [_heading(str(name)) for name in frame]
    rows = [
        [_cell(run, str(column), value) for column, value in zip(frame, row, strict=True)]
        for row in frame.itertuples(index=False)
    ]
    return Table(_caption(path.stem), header, rows)


def _heading(column: str) -> str:
    if column in MEASURES:
        return MEASURES[column].heading
    return HEADINGS.get(column, column.replace("_", " ").strip().capitalize())


def _caption(name: str) -> str:
    for start, caption in CAPTIONS.items():
        if name.startswith(start):
            return caption.format(name.removeprefix(start))
    return name.replace("_", " ").capitalize()


def _cell(run: Run, column: str, value: object) -> Cell:
    if isinstance(value, str) and column in ROWS and value in run.methods:
        return name_of(run, value)
    return anything(value)
