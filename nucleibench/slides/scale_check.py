"""Whether outlines lie in the pixels of an image, and not in micrometres or at another level."""

import numpy as np

from nucleibench.errors import DataError
from nucleibench.slides.outlines import Outlines

MARGIN = 16
"""Pixels by which an outline may leave its image: annotators draw over the edge."""

ENOUGH = 20
"""Nuclei from which on it is strange that all lie in one corner."""

CORNER = 0.6
"""Part of the width and height that is such a corner; half of it is the next level of a slide."""


def check_scale(
    outlines: Outlines, shape: tuple[int, int], pixel_size: float, where: str
) -> list[str]:
    """Check that outlines are in full-resolution pixels of an image.

    Args:
        outlines: of all its nuclei.
        shape: (height, width) of the image in pixels.
        pixel_size: side of a pixel in micrometres.
        where: what to call the outlines in messages, such as the path of a file.

    Returns:
        A warning where they all lie in the corner in which they would lie in micrometres or at a
        smaller level; else nothing.

    Raises:
        DataError: they reach out of the image.
    """
    if not len(outlines):
        return []
    size = np.array(shape[::-1])
    low, high = outlines.vertices.min(axis=0), outlines.vertices.max(axis=0)
    place = f"{where}: outlines reach from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g})"
    image = f"the image has {size[0]} x {size[1]} pixels"
    if (low < -MARGIN).any() or (high > size + MARGIN).any():
        raise DataError(
            f"{place}, but {image}; are they of another image or level? Give x, then y, "
            "in pixels of the full resolution"
        )
    if len(outlines) < ENOUGH or (high > CORNER * size).any():
        return []
    return [
        f"{place}, and {image} of {pixel_size:g} µm: are they in micrometres or at a smaller "
        "level? They are taken as pixels of the full resolution"
    ]
