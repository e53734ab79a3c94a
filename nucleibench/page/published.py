"""What others published: Table 1 of the paper, and the systems that its discussion compares."""

from importlib.resources import files
from typing import Any

import pandas as pd

from nucleibench.page.html import Cell, Table, anything, tables
from nucleibench.page.run import Run

TITLE = "Published by others"
DATASETS = "public_datasets.csv"
SYSTEMS = "published_systems.csv"
DATASET_HEADER = [
    "Authors", "Article", "Tissue", "Stain", "Images", "Nuclei", "Annotation",
    "All nuclei annotated", "Published in",
]  # fmt: skip
SYSTEM_HEADER = ["System", "AJI", "Trained on", "Tested on", "Reported by"]
DATASET_NOTE = (
    "After Table 1 of Lagree et al. (2021). An outline is the border of each nucleus, a point one "
    "mark in it. Empty: the number of nuclei is not available."
)
SYSTEM_NOTE = (
    "Published by others, as the discussion of Lagree et al. (2021) cites it. This experiment ran "
    "nothing of it. Test images and training differ from row to row, and from this "
    "experiment, so the numbers do not rank the methods. WS: followed by a watershed. Not stated: "
    "the text does not say what the system was trained on."
)


def render(run: Run) -> str:
    """Return both tables, which are the same for every run."""
    systems, datasets = read_published(SYSTEMS), read_published(DATASETS)
    return tables(
        [
            _table("AJI of systems published by others", SYSTEM_HEADER, systems, SYSTEM_NOTE),
            _table("Table 1: public datasets of histology", DATASET_HEADER, datasets, DATASET_NOTE),
        ]
    )


def read_published(name: str) -> pd.DataFrame:
    """Return a table of this package: ``DATASETS`` or ``SYSTEMS``."""
    with files("nucleibench.page").joinpath(name).open(encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype={"nuclei": "Int64", "aji": "str"})


def _table(caption: str, header: list[str], frame: pd.DataFrame, note: str) -> Table:
    columns = [str(name) for name in frame]
    rows = [
        [_cell(name, value) for name, value in zip(columns, row, strict=True)]
        for row in frame.itertuples(index=False)
    ]
    return Table(caption, header, rows, [note])


def _cell(column: str, value: Any) -> Cell:
    if column == "aji":  # with as many digits as it was published
        return Cell(value, float(value))
    return Cell("") if pd.isna(value) else anything(value)
