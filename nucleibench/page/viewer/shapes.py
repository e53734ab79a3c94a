"""Outlines of nuclei as whole numbers, few enough that a page can hold those of a whole run.

Outlines are simplified and lie within half a pixel of the edges of the label map. Their vertices
are multiples of half a pixel, so nothing more is lost when they become whole numbers.
"""

import numpy as np

from nucleibench.slides.outlines import Outlines
from nucleibench.slides.polygons import trace_outlines
from nucleibench.slides.ranges import offsets_of
from nucleibench.slides.simplify import simplify_outlines

UNITS = 2
"""Of a pixel, in which vertices are counted."""


def draw_shapes(labels: np.ndarray) -> list[np.ndarray]:
    """Return the outlines of a label map, within half a pixel, as :func:`to_numbers` lays them out.

    Args:
        labels: integers (height, width), 0 = background.
    """
    return to_numbers(simplify_outlines(trace_outlines(labels)))


def to_numbers(outlines: Outlines, units: float = UNITS) -> list[np.ndarray]:
    """Return outlines as four arrays of whole numbers.

    Args:
        outlines: of which vertices are rounded to the next unit.
        units: of a pixel.

    Returns:
        Parts of each nucleus, rings of each part, vertices of each ring without the last, which
        repeats the first, and the steps from each vertex to the next, in units: x and y by turns.
        The first step comes from (0, 0).
    """
    kept = np.ones(len(outlines.vertices), bool)
    kept[outlines.rings[1:] - 1] = False
    vertices = np.rint(units * outlines.vertices[kept]).astype(np.int64)
    steps = np.diff(vertices, axis=0, prepend=np.zeros((1, 2), np.int64))
    counts = [np.diff(outlines.nuclei), np.diff(outlines.parts), np.diff(outlines.rings) - 1]
    return [*counts, steps.ravel()]


def from_numbers(numbers: list[np.ndarray], units: float = UNITS) -> Outlines:
    """Return the outlines of which :func:`to_numbers` made numbers, float64."""
    parts, rings, lengths, steps = numbers
    vertices = np.cumsum(steps.reshape(-1, 2), axis=0) / units
    begin = offsets_of(lengths)
    closed = np.insert(vertices, begin[1:], vertices[begin[:-1]], axis=0)
    return Outlines(closed, offsets_of(lengths + 1), offsets_of(rings), offsets_of(parts))
