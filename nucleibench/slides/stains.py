"""The stains of a slide, measured once on a sample of its tissue, without ink.

Where an overview shows no ink, all pixels of the sample are measured, as in an image for training.
Where it shows some, its surroundings are left out, and pixels of its colours everywhere, for ink
runs along the edges of tissue. Without this, all three images of CoNSeP with ink on the overview,
and Aperio's CMU-1-Small-Region, are taken for unusually stained (hematoxylin 12 to 43 degrees
off); with it, none is (1 to 5 degrees).
"""

import math

import numpy as np

from nucleibench.images.interface import Raster
from nucleibench.slides.tissue import Tissue, is_colored_ink, is_glass

PATCH, PATCHES = 512, 32
"""Side of a patch in pixels, and how many are taken at most: 8 megapixels together."""

# Top, left, height and width.
Box = tuple[int, int, int, int]

DIM = 200
"""RGB of glass below which engines of normalisation take it for tissue (80% lightness)."""

# A patch with less tissue is taken only where no patch has more.
ENOUGH = 0.5


def sample_tissue(raster: Raster, tissue: Tissue) -> list[np.ndarray]:
    """Return patches of tissue, RGB uint8 (height, width, 3): the same ones each time.

    Where there is ink, they are lists of pixels (n, 1, 3) without it.
    """
    boxes = _choose_boxes(raster, tissue)
    patches = (_leave_out(raster.read(*box), box, raster.shape, tissue) for box in boxes)
    measurable = [patch for patch in patches if patch.size]
    return measurable or [raster.read(*box) for box in boxes]


def _choose_boxes(raster: Raster, tissue: Tissue) -> list[Box]:
    """Return top, left, height and width of the patches.

    An image of no more pixels than the sample is one patch as a whole. Else squares of tissue are
    drawn, each by its place alone, so that they are spread over the slide at random.
    """
    if math.prod(raster.shape) <= PATCHES * PATCH**2:
        return [(0, 0, *raster.shape)]
    corners = [
        (top, left)
        for top in range(0, max(1, raster.shape[0] - PATCH + 1), PATCH)
        for left in range(0, max(1, raster.shape[1] - PATCH + 1), PATCH)
    ]
    height, width = (min(PATCH, side) for side in raster.shape)
    shares = np.array([tissue.share(raster.shape, (*corner, height, width)) for corner in corners])
    rich = np.flatnonzero(shares >= min(ENOUGH, shares.max()))
    drawn = sorted(rich, key=lambda number: _draw(corners[number]))[:PATCHES]
    return [(*corners[number], height, width) for number in sorted(drawn)]


def _leave_out(patch: np.ndarray, box: Box, shape: tuple[int, int], tissue: Tissue) -> np.ndarray:
    """Return a patch without ink, and without glass so dark that it would pass for tissue."""
    out = np.zeros(patch.shape[:2], bool)
    if tissue.ink.any():
        out |= tissue.ink_in(shape, box) | is_colored_ink(patch)
    if max(tissue.glass) < DIM:
        out |= is_glass(patch, tissue.glass)
    return patch[~out][:, None] if out.any() else patch


def _draw(place: tuple[int, int]) -> float:
    """Return a random number, always the same for a place."""
    return np.random.default_rng(place).random()
