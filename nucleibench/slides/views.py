"""What the networks of a release see of an image: its colours normalised, as they are, or both.

Views of one image lie one after another along the last axis, three channels each, so that tiles of
all of them are read, scaled and cut at once.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from nucleibench.families.interface import Colors
from nucleibench.slides.plane import Recolor
from nucleibench.stain.recoloring import Recoloring
from nucleibench.stain.reference import StainReference, Stains

CHANNELS = 3


def list_views(colors: Iterable[Colors]) -> tuple[Colors, ...]:
    """Return the views that networks see, each once, in their order."""
    return tuple(dict.fromkeys(colors))


def show_views(views: Sequence[Colors], stains: Stains, reference: StainReference) -> Recolor:
    """Return what turns RGB uint8 (height, width, 3) into its views (height, width, 3 for each)."""
    makers: Mapping[Colors, Recolor] = {
        "normalized": Recoloring(stains, reference),
        "original": lambda image: image,
    }
    if len(views) == 1:
        return makers[views[0]]
    return lambda image: np.concatenate([makers[view](image) for view in views], axis=-1)


def split_views(pixels: np.ndarray) -> list[np.ndarray]:
    """Return the views, uint8 (..., 3) each, of pixels (..., 3 for each)."""
    first = range(0, pixels.shape[-1], CHANNELS)
    return [pixels.take(range(start, start + CHANNELS), axis=-1) for start in first]
