"""From a normalised image to its nuclei, by a classical algorithm."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nucleibench.families.classical.family import Classical
from nucleibench.images import read_rgb

METHOD = Classical


def label_image(
    image: str, setting: None, method: Classical, sources: Sequence[Path]
) -> np.ndarray:
    """Return the labels int32 (height, width) of ``{image}.png`` in the folder ``sources[0]``.

    There is nothing to choose on validation images, so ``setting`` is None.
    """
    return method.settings(read_rgb(sources[0] / f"{image}.png"))
