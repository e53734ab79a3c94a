"""The nuclei pipeline of ImageJ and Fiji, without Java.

As in the paper: grey, Gaussian filter, threshold, watershed, with Fill Holes before the watershed
as ImageJ's own tutorials have it. Every step returns ImageJ's pixels. The paper gives no settings;
the defaults were chosen by the AJI on MoNuSeg's organs other than breast.
"""

from typing import Annotated

import numpy as np
from pydantic import Field

from nucleibench.families.classical.algorithms import Algorithm
from nucleibench.families.classical.imagej.steps import (
    MAXIMUM_SIGMA,
    THRESHOLDS,
    blur,
    convert_to_grey,
    fill_holes,
    label_particles,
)
from nucleibench.families.classical.imagej.watershed import separate_particles
from nucleibench.settings import OneOf, Size


class Fiji(Algorithm):
    """Segment as ImageJ does."""

    sigma: Annotated[float, Field(ge=0, le=MAXIMUM_SIGMA)] = 1.0
    """Standard deviation of the Gaussian filter in pixels."""
    threshold: Annotated[str, OneOf(THRESHOLDS)] = "Li"
    """ImageJ's name of the threshold."""
    minimum_size: Size = 100
    """A particle of fewer pixels than this is left out, as by Analyze Particles."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See Algorithm."""
        grey = blur(convert_to_grey(image), self.sigma)
        mask = fill_holes(grey <= THRESHOLDS[self.threshold](grey))
        return label_particles(separate_particles(mask), self.minimum_size)
