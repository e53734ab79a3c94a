"""Where nuclei lie in all images together, which tells what no single image can.

One small outline in the corner of an image may be a nucleus, or one in micrometres. Images whose
nuclei all lie so are no chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nucleibench.data.drawing import CORNER, REMEDY, SMALLEST_NUCLEUS
from nucleibench.data.samples import count, name_some

FEW = 2
"""Images that are told of if their nuclei lie in the corner and are smaller than nuclei are."""

CHANCE = 0.001
"""Probability below which it is no chance that the nuclei of all images lie in the corner."""


@dataclass(frozen=True)
class Spread:
    """Where the nuclei of an image lie.

    Attributes:
        image: its id.
        pixel_size: side of a pixel in micrometres.
        extent: part of the width and height, 0 to 1, in whose upper left corner all nuclei lie.
        diameter: median of the nuclei, of circles of their areas, in micrometres.
    """

    image: str
    pixel_size: float
    extent: float
    diameter: float

    @property
    def is_in_corner(self) -> bool:
        """Whether the nuclei lie where they would if micrometres were taken for pixels."""
        return self.extent <= self.pixel_size <= CORNER


def measure_spread(image: str, labels: np.ndarray, pixel_size: float) -> Spread | None:
    """Return where nuclei lie, None where there are none.

    Args:
        image: its id.
        labels: int32 (height, width), 0 = background.
        pixel_size: side of a pixel in micrometres.
    """
    areas = np.bincount(labels.ravel())[1:]
    if not areas.any():
        return None
    ends = (np.flatnonzero((labels > 0).any(axis=axis))[-1] + 1 for axis in (1, 0))
    extent = max(float(end) / side for end, side in zip(ends, labels.shape, strict=True))
    diameter = 2 * np.sqrt(np.median(areas[areas > 0]) / np.pi) * pixel_size
    return Spread(image, pixel_size, extent, float(diameter))


def describe_spreads(spreads: Sequence[Spread | None]) -> list[str]:
    """Return what is odd about where nuclei lie, in words.

    Args:
        spreads: of all images of a dataset, or of one folder of labels.
    """
    found = [spread for spread in spreads if spread]
    corner = [spread for spread in found if spread.is_in_corner]
    small = [spread for spread in corner if spread.diameter < SMALLEST_NUCLEUS]
    chance = np.prod([spread.extent**2 for spread in found])
    if len(corner) == len(found) and chance < CHANCE:
        return [_describe(corner, len(found))]
    return [_describe(small, len(found))] if len(small) >= FEW else []


def _describe(odd: Sequence[Spread], images: int) -> str:
    extent = max(spread.extent for spread in odd)
    diameter = np.median([spread.diameter for spread in odd])
    names = name_some([spread.image for spread in odd])
    return (
        f"all nuclei of {len(odd)} of {count(images, 'image')} ({names}) lie in the upper left"
        f" {extent:.0%} of the width and height, and their median diameter would be"
        f" {diameter:.1f} micrometres; {REMEDY}"
    )
