"""The nuclei of a cell of the plane.

A cell is a square of a grid over the whole plane. Each object belongs to the cell in which the
upper left corner of its box lies. The objects of a cell are labelled together, by the same calls
as a whole image, so that a plane of one cell gets the labels of ``label_nuclei``.
"""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from nucleibench.labelling.instances import PostProcessing, remove_artefacts
from nucleibench.labelling.separation import first_map
from nucleibench.labelling.separations import LEARNED, SEPARATIONS
from nucleibench.slides.objects import Box, Objects, find_objects
from nucleibench.slides.strips import Strips

CELL = 1024
"""Side of a cell in pixels of the plane. A longer or wider object is cut along the grid."""

MARGIN = 16
"""How far separation looks beyond an object, in pixels: a Gaussian filter of sigma 2 (8), on maps
of which a Sobel filter was taken (2); or one of sigma 1.5 (6), on distances (9 at such places)."""


@dataclass(frozen=True)
class Region:
    """Maps of the plane around cells that are labelled together.

    Attributes:
        maps: float16 (height, width[, maps]), in strips.
        corner: row and column of their first pixel in the plane.
        cells: numbers of the rows of cells, and of the columns.
    """

    maps: Strips
    corner: tuple[int, int]
    cells: tuple[range, range]


@dataclass(frozen=True)
class CellLabels:
    """The nuclei of a cell, in pixels of the plane.

    Attributes:
        cell: row and column of the cell.
        corner: row and column of the first pixel of ``labels``.
        labels: int32 (height, width), from 1; nuclei of this cell alone, all of them whole.
        centres: row and column of each nucleus' centroid, float64 (2, n).
        certainty: mean probability of each nucleus, float64 (n,).
        cut: whether each nucleus lies where an object was cut, bool (n,).
    """

    cell: tuple[int, int]
    corner: tuple[int, int]
    labels: np.ndarray
    centres: np.ndarray
    certainty: np.ndarray
    cut: np.ndarray


def reach(separation: str, cell: int = CELL) -> int:
    """Return how far a region must go beyond its cells, in pixels.

    An object goes less than ``cell`` beyond its cell, and separation looks MARGIN further. To see
    the shape of neighbours there, these must be whole as well.
    """
    return (1 if _is_local(separation) else 2) * (cell + MARGIN)


def label_region(region: Region, setting: PostProcessing, cell: int = CELL) -> list[CellLabels]:
    """Label the cells of a region, without those that have no nuclei."""
    objects = find_objects(region.maps.reaches(setting.threshold), region.corner, cell)
    homes = (objects.boxes[:, :2] + region.corner) // cell
    labelled = []
    for place in product(*region.cells):
        owned = np.flatnonzero((homes == place).all(axis=1))
        if len(owned):
            labelled.append(_label_cell(place, owned, objects, region, setting))
    return [cell_labels for cell_labels in labelled if len(cell_labels.certainty)]


def _label_cell(
    place: tuple[int, int],
    owned: np.ndarray,
    objects: Objects,
    region: Region,
    setting: PostProcessing,
) -> CellLabels:
    """Label the objects with the numbers ``owned``."""
    window = objects.window(owned, MARGIN, region.maps.shape)
    maps = region.maps.read(window)
    own = objects.draw(owned, window)
    mask = own if _is_local(setting.separation) else objects.draw_all(region.maps.shape, window)
    labels = SEPARATIONS[setting.separation](mask, maps, setting.depth) * own
    labels = remove_artefacts(labels, first_map(maps), setting)
    corner = region.corner[0] + window.top, region.corner[1] + window.left
    measured = _measure(labels, first_map(maps), corner)
    return CellLabels(place, corner, labels, *measured, _at_cuts(labels, objects, window))


def _is_local(separation: str) -> bool:
    """Tell whether a separation sees the maps alone beyond an object, not its neighbours' shape."""
    return separation == "none" or separation in LEARNED


def _measure(
    labels: np.ndarray, probabilities: np.ndarray, corner: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the centroids in the plane, (2, n), and the mean probabilities, (n,)."""
    pixels = np.flatnonzero(labels > 0)  # much faster than of numbers
    numbers = labels.ravel()[pixels]
    rows, columns = np.divmod(pixels, labels.shape[1])
    values = rows + corner[0], columns + corner[1], probabilities.ravel()[pixels]
    counts = np.bincount(numbers)[1:]
    means = [np.bincount(numbers, value)[1:] / counts for value in values]
    return np.stack(means[:2]), means[2]


def _at_cuts(labels: np.ndarray, objects: Objects, window: Box) -> np.ndarray:
    """Return whether each nucleus touches pixels that were cut out."""
    touched = np.zeros(labels.max(initial=0) + 1, bool)
    if objects.cuts is not None:
        cuts = objects.cuts[window.slices].astype(np.uint8)
        touched[labels[cv2.dilate(cuts, np.ones((3, 3), np.uint8)) > 0]] = True
    return touched[1:]
