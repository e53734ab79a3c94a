"""The data: what there is of it, and by which checksums it is known."""

import pandas as pd

from nucleibench.data.sheets import read_sheet
from nucleibench.files import file_digest
from nucleibench.page.html import Cell, Table, anything, tables
from nucleibench.page.run import Run

TITLE = "Data"
NOTE = (
    "The sheet of a dataset has the SHA-256 of the pixels of each image. If two runs have the same "
    "checksum of a sheet, they used the same images with the same numbers of nuclei."
)


def render(run: Run) -> str:
    """Return the counts of each dataset, and the checksums of sheets and archives."""
    present = [dataset for dataset in run.datasets if run.sheet(dataset).is_file()]
    if not present:
        return ""
    return tables([_counts(run, present), _checksums(run, present)])


def _counts(run: Run, datasets: list[str]) -> Table:
    header = ["Dataset", "Split", "Organ", "Images", "Patients", "Nuclei"]
    sheets = {dataset: read_sheet(run.sheet(dataset)) for dataset in datasets}
    rows = [row for dataset, sheet in sheets.items() for row in _counts_of(dataset, sheet)]
    return Table("Images, patients and annotated nuclei by split and organ", header, rows)


def _counts_of(dataset: str, sheet: pd.DataFrame) -> list[list[Cell]]:
    groups = sheet.groupby(["split", "organ"], sort=True)
    return [
        [
            Cell(dataset), Cell(str(split)), Cell(str(organ)), anything(len(images)),
            anything(images["patient"].nunique()), anything(int(images["nuclei"].sum())),
        ]
        for (split, organ), images in groups
    ]  # fmt: skip


def _checksums(run: Run, datasets: list[str]) -> Table:
    rows = [
        [Cell(f"{name}: sheet of images"), Cell(file_digest(run.sheet(name)))] for name in datasets
    ]
    for name in datasets:
        archives = run.configuration.get("datasets", {}).get(name, {}).get("archives", {})
        rows += [
            [Cell(f"{name}: archive {part}"), Cell(archive["sha256"])]
            for part, archive in archives.items()
            if archive and archive.get("sha256")
        ]
    return Table("Checksums", ["What", "SHA-256"], rows, [NOTE])
