"""The stains of a slide, measured once on a sample of its tissue."""

import math

import numpy as np

from nucleibench.images.interface import Raster
from nucleibench.slides.tissue import Tissue
from nucleibench.stain.reference import StainReference, Stains, measure_stains

PATCH, PATCHES = 512, 32
"""Side of a patch in pixels, and how many are taken at most: 8 megapixels together."""

# A patch with less tissue is taken only where no patch has more.
ENOUGH = 0.5


def measure_slide(raster: Raster, tissue: Tissue, reference: StainReference) -> Stains:
    """Measure the stains of a slide, for ``apply_stains`` on its regions."""
    return measure_stains(sample_tissue(raster, tissue), reference)


def sample_tissue(raster: Raster, tissue: Tissue) -> list[np.ndarray]:
    """Return patches of tissue, RGB uint8 (height, width, 3): the same ones each time.

    An image of no more pixels than the sample is one patch as a whole. Else squares of tissue are
    drawn, each by its place alone, so that they are spread over the slide at random.
    """
    if math.prod(raster.shape) <= PATCHES * PATCH**2:
        return [raster.read(0, 0, *raster.shape)]
    corners = [
        (top, left)
        for top in range(0, max(1, raster.shape[0] - PATCH + 1), PATCH)
        for left in range(0, max(1, raster.shape[1] - PATCH + 1), PATCH)
    ]
    height, width = (min(PATCH, side) for side in raster.shape)
    shares = np.array([tissue.share(raster.shape, (*corner, height, width)) for corner in corners])
    rich = np.flatnonzero(shares >= min(ENOUGH, shares.max()))
    drawn = sorted(rich, key=lambda number: _draw(corners[number]))[:PATCHES]
    return [raster.read(*corners[number], height, width) for number in sorted(drawn)]


def _draw(place: tuple[int, int]) -> float:
    """Return a random number, always the same for a place."""
    return np.random.default_rng(place).random()
