"""The strong classical row: nuclei from the hematoxylin that colour deconvolution separates."""

from typing import Annotated

import cv2
import numpy as np
from pydantic import Field
from scipy import ndimage
from skimage.color import rgb2hed
from skimage.filters import threshold_otsu
from skimage.measure import label
from skimage.segmentation import watershed

from nucleibench.families.classical.algorithms import Algorithm
from nucleibench.labelling.instances import remove_small
from nucleibench.labelling.maxima import h_maxima
from nucleibench.settings import Size

Positive = Annotated[float, Field(gt=0)]


class Hematoxylin(Algorithm):
    """Colour deconvolution, threshold, distance watershed, size filter.

    The hematoxylin is Ruifrok's (2001). The threshold is the mean of Otsu's and a local one, since
    Otsu alone takes dark stroma for nuclei and a local one alone invents nuclei in empty areas.
    All defaults were chosen by the AJI on MoNuSeg's organs other than breast.
    """

    sigma: Positive = 1.0
    """Standard deviation in pixels of the Gaussian filter on the hematoxylin."""
    neighbourhood: Positive = 30.0
    """Standard deviation in pixels of the Gaussian mean in the local threshold."""
    contrast: float = 0.5
    """How far the local threshold lies above that mean, in standard deviations of the hematoxylin
    of the image."""
    depth: Positive = 0.5
    """By how many pixels the distance to the background must fall between the centres of two nuclei
    that are separated."""
    minimum_size: Size = 100
    """An object of fewer pixels than this is left out."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See Algorithm."""
        hematoxylin = _smooth(rgb2hed(image)[..., 0].astype(np.float32), self.sigma)
        mask = ndimage.binary_fill_holes(hematoxylin > self._find_threshold(hematoxylin))
        distance = _smooth(ndimage.distance_transform_edt(mask).astype(np.float32), 1.0)
        centres = h_maxima(distance, self.depth) & mask
        return remove_small(watershed(-distance, label(centres), mask=mask), self.minimum_size)

    def _find_threshold(self, hematoxylin: np.ndarray) -> np.ndarray:
        """Return the threshold of every pixel."""
        local = _smooth(hematoxylin, self.neighbourhood) + self.contrast * hematoxylin.std()
        return (threshold_otsu(hematoxylin) + local) / 2


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
