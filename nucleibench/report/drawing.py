"""What all figures share: style, a palette for every eye, and files that repeat bit by bit."""

from contextlib import AbstractContextManager
from itertools import cycle, islice
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from nucleibench.files import atomic_path

# Okabe and Ito's palette, which colour-blind readers can tell apart, without its yellow.
BLACK = "#000000"
ORANGE = "#E69F00"
SKY_BLUE = "#56B4E9"
GREEN = "#009E73"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"

COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "p", "*")
DASHES = ("-", "--", ":")

STYLE = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "savefig.dpi": 200,
    "pdf.fonttype": 42,  # TrueType, so that the text stays text
}

# Without these entries the same figure gives the same bytes at any time.
METADATA = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
}


def styled() -> AbstractContextManager[None]:
    """Return a context in which figures are to be made, laid out and saved."""
    return matplotlib.rc_context(STYLE)


def line_styles(number: int) -> list[dict[str, str]]:
    """Return ``number`` line styles that differ in colour and, for print in grey, in marker.

    Colours, markers and dashes have cycles of different length, so that no style comes twice
    among the first 77.
    """
    dashes = (dash for dash in cycle(DASHES) for _ in COLORS)
    styles = zip(cycle(COLORS), cycle(MARKERS), dashes)
    return [
        {"color": color, "marker": marker, "linestyle": dash}
        for color, marker, dash in islice(styles, number)
    ]


def save_figure(figure: Figure, *paths: str | Path) -> None:
    """Write a figure to each path, .png or .pdf, atomically and without the time of day."""
    for path in paths:
        with atomic_path(path) as temporary:
            figure.savefig(temporary, metadata=METADATA[Path(path).suffix], bbox_inches="tight")
