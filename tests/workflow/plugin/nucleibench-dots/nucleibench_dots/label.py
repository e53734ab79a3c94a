"""From a normalised image to its nuclei."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from skimage.color import rgb2gray
from skimage.filters import difference_of_gaussians
from skimage.measure import label

from nucleibench.images import read_rgb
from nucleibench_dots.family import Dots

METHOD = Dots


def label_image(image: str, setting: None, method: Dots, sources: Sequence[Path]) -> np.ndarray:
    """Return the labels int32 (height, width) of ``{image}.png`` in the folder ``sources[0]``."""
    grey = rgb2gray(read_rgb(sources[0] / f"{image}.png"))
    darkness = -difference_of_gaussians(grey, method.radius / 2)
    return label(darkness > method.contrast, connectivity=1).astype(np.int32)
