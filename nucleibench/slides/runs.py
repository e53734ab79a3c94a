"""Label maps as runs: stretches of one row of pixels with one label.

A nucleus of 500 pixels has some 25 runs, so what can be said from runs is said 20 times faster.
"""

from dataclasses import dataclass

import numpy as np

from nucleibench.slides.outlines import Outlines
from nucleibench.slides.ranges import expand


@dataclass(frozen=True)
class Runs:
    """Runs, sorted by nucleus, row and start.

    Attributes:
        nucleus: place of the nucleus in the order of labels, from 0; int64 (n,), as all the others.
        row: of the pixels.
        start: column of the first pixel.
        stop: column behind the last pixel.
    """

    nucleus: np.ndarray
    row: np.ndarray
    start: np.ndarray
    stop: np.ndarray


def find_runs(labels: np.ndarray) -> tuple[np.ndarray, Runs]:
    """Return the labels above 0 of a label map (height, width), ascending, and their runs."""
    height, width = labels.shape
    padded = np.zeros((height, width + 2), labels.dtype)
    padded[:, 1:-1] = labels
    row, column = np.divmod(np.flatnonzero(padded[:, 1:] != padded[:, :-1]), width + 1)
    before, behind = padded[row, column], padded[row, column + 1]
    begins, ends = behind > 0, before > 0
    numbers, nucleus = np.unique(behind[begins], return_inverse=True)
    order = np.argsort(nucleus, kind="stable")
    runs = (nucleus, row[begins], column[begins], column[ends])
    return numbers, Runs(*(values[order] for values in runs))


def draw_labels(
    labels: np.ndarray,
    outlines: Outlines,
    numbers: np.ndarray,
    origin: tuple[int, int] = (0, 0),
    step: int = 1,
) -> None:
    """Draw exact outlines into a label map, in place: the reverse of ``trace_outlines``.

    Args:
        labels: integers (height, width) of a window, or of each ``step``-th of its rows and
            columns.
        outlines: of nuclei, as :func:`~nucleibench.slides.polygons.trace_outlines` gives them.
        numbers: label of each nucleus, integers (nuclei,).
        origin: (x, y) of the window's first pixel in the whole image.
        step: 1 = each pixel is drawn.

    Raises:
        ValueError: the outlines are not exact.
    """
    runs = _outline_runs(outlines, labels.shape, origin, step)
    begin = runs.row * labels.shape[1]
    pixel, run = expand(begin + runs.start, begin + runs.stop)
    labels.reshape(-1)[pixel] = numbers[runs.nucleus[run]]


def _outline_runs(
    outlines: Outlines, shape: tuple[int, ...], origin: tuple[int, int], step: int
) -> Runs:
    """Return the runs inside exact outlines, in steps from the origin, cut to a window."""
    if outlines.vertices.dtype.kind != "i":
        raise ValueError("only exact outlines, with whole coordinates, have runs")
    joins = outlines.rings[1:-1] - 1
    x, y = outlines.vertices.astype(np.int64).T
    upright = np.setdiff1d(np.flatnonzero(np.diff(x) == 0), joins, assume_unique=True)
    ends = _steps(np.stack([y[upright], y[upright + 1]]), origin[1], step, shape[0])
    row, edge = expand(*np.sort(ends, axis=0))
    column = x[upright][edge]
    nucleus = np.searchsorted(outlines.offsets, upright[edge], side="right") - 1
    # A row of pixels enters a nucleus and leaves it, in turn.
    order = np.lexsort((column, row, nucleus))
    nucleus, row = nucleus[order], row[order]
    column = _steps(column[order], origin[0], step, shape[1])
    return Runs(nucleus[::2], row[::2], column[::2], column[1::2])


def _steps(places: np.ndarray, origin: int, step: int, count: int) -> np.ndarray:
    """Return how many of ``count`` pixels, ``step`` apart from the origin on, lie before places."""
    return np.clip(-((origin - places) // step), 0, count)
