"""The parts of the page of a slide."""

import numpy as np
import pandas as pd
from jinja2.utils import htmlsafe_json_dumps

from nucleibench.page.html import Cell, Table, fill, tables
from nucleibench.page.slides.density import draw_density, measure_density
from nucleibench.page.slides.distributions import measure_distributions
from nucleibench.page.slides.marks import Marks
from nucleibench.page.slides.pyramid import TILE, Pyramid
from nucleibench.page.slides.results import SlideResults
from nucleibench.slides.record import summary_row

OVERVIEW = "overview.html"
PICTURE = "picture.html"
FEATURES = "features.html"

FACTS = {
    "nuclei": ("Nuclei", "", 0),
    "tissue_mm2": ("Tissue", "mm²", 2),
    "nuclei_per_mm2": ("Density in tissue", "per mm²", 0),
    "mean_area_um2": ("Mean area", "µm²", 1),
    "pixel_size_um": ("Side of a pixel", "µm", 4),
}
"""Column of the summary -> its name, its unit and its digits."""

HEADER = ("Feature", "Unit", "Lower quartile", "Median", "Upper quartile")


def show_overview(found: SlideResults, shape: tuple[int, int], pyramid: Pyramid) -> str:
    """Return counts, warnings, and the slide beside the density of its nuclei."""
    places = found.nuclei[["x_px", "y_px"]].to_numpy(np.float64)
    density = measure_density(places, shape, found.pixel_size)
    row = summary_row(found.record)
    return fill(
        f"slides/{OVERVIEW}",
        facts=[
            (name, f"{row[column]:,.{digits}f}", unit)
            for column, (name, unit, digits) in FACTS.items()
            if row[column] is not None
        ],
        network=found.record.network.get("name", ""),
        warnings=found.record.warnings,
        picture=pyramid.tiles["0/0/0"],
        map=draw_density(density),
        density=density,
        shape=shape,
    )


def show_picture(shape: tuple[int, int], pyramid: Pyramid, marks: Marks) -> str:
    """Return the picture that enlarges, with its nuclei."""
    index = {
        "width": pyramid.width,
        "height": pyramid.height,
        "tile": TILE,
        "levels": pyramid.levels,
        "slide": shape[1],
        "kind": marks.kind,
        "unit": marks.unit,
        "side": marks.side,
    }
    return fill(
        f"slides/{PICTURE}",
        index=htmlsafe_json_dumps(index),
        pyramid=pyramid,
        marks=marks,
        reduction=1 / pyramid.scale,
    )


def show_features(nuclei: pd.DataFrame) -> str:
    """Return histograms of the features, and their quartiles as a table."""
    found = measure_distributions(nuclei)
    rows = [
        [Cell(one.name), Cell(one.unit), *(Cell(f"{value:.3g}", value) for value in one.quartiles)]
        for one in found
    ]
    table = tables([Table("Quartiles of the features", HEADER, rows)]) if rows else ""
    return fill(f"slides/{FEATURES}", distributions=found, table=table)
