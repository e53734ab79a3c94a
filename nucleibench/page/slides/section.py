"""The slides of the run: a line each, which leads to the page of the slide."""

from urllib.parse import quote

import pandas as pd

from nucleibench.page.html import Cell, Table, anything, number, tables
from nucleibench.page.run import Run

TITLE = "Slides"
HEADINGS = {
    "slide": "Slide",
    "patient": "Patient",
    "nuclei": "Nuclei",
    "tissue_mm2": "Tissue, mm²",
    "nuclei_per_mm2": "Nuclei per mm²",
    "mean_area_um2": "Mean area, µm²",
    "pixel_size_um": "Pixel, µm",
    "network": "Network",
    "warnings": "Warnings",
}
DIGITS = {"nuclei": 0, "nuclei_per_mm2": 0, "tissue_mm2": 2, "mean_area_um2": 1}
NOTE = (
    "A name leads to the page of a slide, a file in the folder slides beside this page: density "
    "map, distributions, and a picture with outlines."
)


def render(run: Run) -> str:
    """Return the table of all slides, or nothing where none were segmented."""
    path = run.results / "slides" / "summary.csv"
    if not path.is_file():
        return ""
    frame = pd.read_csv(path, dtype={"slide": str, "patient": str, "warnings": str})
    columns = [name for name in HEADINGS if name in frame]
    rows = [[_cell(run, name, row[name]) for name in columns] for _, row in frame.iterrows()]
    caption = f"{len(rows)} segmented slides"
    has_pages = any(cell.link for row in rows for cell in row)
    header = [HEADINGS[name] for name in columns]
    return tables([Table(caption, header, rows, [NOTE] if has_pages else [])])


def _cell(run: Run, column: str, value: object) -> Cell:
    if column == "slide":
        page = f"slides/{value}.html"
        link = quote(page) if (run.results / page).is_file() else ""
        return Cell(str(value), link=link)
    if pd.isna(value):
        return Cell("")
    if column in DIGITS:
        cell = number(float(str(value)), DIGITS[column])
        return Cell(f"{cell.value:,.{DIGITS[column]}f}", cell.value)
    return anything(value)
