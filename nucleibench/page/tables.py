"""All other tables of the run, whichever there are."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd

from nucleibench.evaluate.summary import MEASURES
from nucleibench.page.html import Cell, Table, anything, read_frame, tables
from nucleibench.page.run import Run
from nucleibench.page.scores import name_of, notes_of
from nucleibench.report.saw import OVERLAPS

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
# Beginning of a table's name -> what stands below it.
NOTES = {
    "comparisons_": (
        "Difference: the AJI of the method minus that of the method in the last column. If the "
        "configuration names no such method, it is the one with the highest mean AJI, and this "
        "choice favours it. Intervals: BCa bootstrap by patient, from 6 patients on. p: paired "
        "permutation test by patient, two-sided. Corrected: by the step-down maximum, for all "
        "pairs of methods, or for these comparisons if the configuration names the method. "
        "Better: the share of patients on which the method scores higher."
    ),
}
HEADINGS = {
    "n_true": "True nuclei",
    "n_predicted": "Predicted nuclei",
    "deviation": "Standard deviation",
    "low": "95% interval, from",
    "high": "to",
    "p": "p",
    "p_corrected": "p, corrected",
    "better": "Better",
    "effect": "Cohen's d_z",
    "reference": "Compared with",
}
ROWS = {"method", "row", "other", "reference", "baseline", "first", "second", "one", "against"}
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
    ends = [name for name in run.datasets if path.stem.endswith(f"_{name}")]
    dataset = max(ends, key=len, default="")
    run = run.on(dataset) if dataset else run
    header = [_heading(str(name)) for name in frame]
    rows = [
        [_cell(run, str(column), value) for column, value in zip(frame, row, strict=True)]
        for row in frame.itertuples(index=False)
    ]
    marked = any("[" in cell.text for row in rows for cell in row)
    notes = [note for start, note in NOTES.items() if path.stem.startswith(start)]
    return Table(_caption(path.stem), header, rows, notes + (notes_of(run) if marked else []))


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
    text = str(value)
    if column in ROWS and text in run.methods:
        named = name_of(run, text)
        return named if column == "method" else replace(named, under="")
    if column == "method":  # of several rows, one from each seed
        return Cell(str(run.configuration.get("methods", {}).get(text, {}).get("name") or text))
    if column == "measure" and text in MEASURES:
        return Cell(MEASURES[text].heading)
    if column == "overlap" and text in OVERLAPS:
        return Cell(OVERLAPS[text][1])
    return anything(value)
