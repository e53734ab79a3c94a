"""Whether red and blue of an image are exchanged, as programs do that take RGB for BGR.

Nuclei are the darkest in H&E, and hematoxylin absorbs red where eosin absorbs blue. So the more a
place absorbs, the more of it is red, compared with blue. This is a matter of the image alone, and
of no stain vectors: they are too near to each other's mirror images.
"""

from collections.abc import Sequence

import numpy as np

from nucleibench.slides.tissue import BLACK, densities

EXCHANGED = -0.05
"""Correlation below which red and blue are taken for exchanged.

It is above 0.03 in all 63 images of MoNuSeg (without breast) and CoNSeP. Once they are exchanged,
it is below this value in 62 of them."""

DIM = 200
"""Green below which a pixel is tissue; an exchange does not change green."""

MOST, LEAST = 1_000_000, 1000
"""About as many pixels are looked at, if there are more; and of tissue there must be so many."""


def seem_exchanged(patches: Sequence[np.ndarray]) -> bool:
    """Tell whether red and blue seem to be exchanged in patches, RGB uint8 (height, width, 3)."""
    return correlate_red(patches) < EXCHANGED


def correlate_red(patches: Sequence[np.ndarray]) -> float:
    """Return how red absorbed, compared with blue, goes with all that is absorbed, -1 to 1.

    It is 0 where there is too little tissue, or no colour.
    """
    pixels = [patch.reshape(-1, 3) for patch in patches]
    step = max(1, sum(map(len, pixels)) // MOST)
    colors = np.concatenate([part[::step] for part in pixels])
    tissue = colors[(colors[:, 1] < DIM) & (colors.max(axis=1) >= BLACK)]
    if len(tissue) < LEAST:
        return 0.0
    red, green, blue = densities(tissue, (255, 255, 255))
    total = red + green + blue
    return _correlate((red - blue) / total, total)


def _correlate(one: np.ndarray, other: np.ndarray) -> float:
    one, other = one - one.mean(), other - other.mean()
    spread = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / spread) if spread > 0 else 0.0
