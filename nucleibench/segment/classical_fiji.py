"""The nuclei pipeline of ImageJ and Fiji, without Java.

As in the paper: grey, Gaussian filter, threshold, watershed, with Fill Holes before the watershed
as ImageJ's own tutorials have it. Every step returns ImageJ's pixels. The paper gives no settings;
these were chosen by the AJI on MoNuSeg's organs other than breast.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from nucleibench.errors import ConfigurationError
from nucleibench.segment import imagej_steps
from nucleibench.segment.imagej_watershed import separate_particles
from nucleibench.segment.instances import remove_small


@dataclass(frozen=True)
class Fiji:
    """Segment as ImageJ does.

    Attributes:
        sigma: standard deviation of the Gaussian filter in pixels.
        threshold: ImageJ's name of the threshold, a key of THRESHOLDS.
        minimum_size: smaller particles (pixels) are left out, as by Analyze Particles.
    """

    sigma: float
    threshold: str
    minimum_size: int

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        grey = imagej_steps.blur(imagej_steps.convert_to_grey(image), self.sigma)
        mask = imagej_steps.fill_holes(grey <= imagej_steps.THRESHOLDS[self.threshold](grey))
        return label_particles(separate_particles(mask), self.minimum_size)

    def __post_init__(self) -> None:
        check_threshold(self.threshold)


def check_threshold(name: str) -> None:
    """Raise ConfigurationError unless ``name`` is a key of THRESHOLDS."""
    if name not in imagej_steps.THRESHOLDS:
        raise ConfigurationError(
            f"no threshold {name!r}; choose one of {', '.join(imagej_steps.THRESHOLDS)}"
        )


def label_particles(mask: np.ndarray, minimum_size: int) -> np.ndarray:
    """Number the 8-connected particles of a bool mask from 1, as Analyze Particles does."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return remove_small(labels, minimum_size)
