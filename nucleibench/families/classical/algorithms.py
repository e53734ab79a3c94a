"""The classical algorithms by name, and what they have in common."""

from typing import ClassVar

import numpy as np

from nucleibench.registry import Registry
from nucleibench.settings import Settings


class Algorithm(Settings):
    """A classical algorithm: its fields are its settings, its call segments an image."""

    environment: ClassVar[str] = "data"
    """Conda environment that it needs: a name in envs/, or the path of a file."""
    max_workers: ClassVar[int | None] = None
    """Most processes that may run it at a time; None where any number may."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return labels int32 (height, width) of an RGB uint8 image (height, width, 3)."""
        raise NotImplementedError


ALGORITHMS: Registry[type[Algorithm]] = Registry(
    "classical algorithm",
    {
        "otsu": "nucleibench.families.classical.otsu:Otsu",
        "watershed": "nucleibench.families.classical.watershed:Watershed",
        "fiji": "nucleibench.families.classical.fiji:Fiji",
        "imagej": "nucleibench.families.classical.imagej.program:ImageJ",
        "hematoxylin": "nucleibench.families.classical.hematoxylin:Hematoxylin",
    },
)
