"""The strong classical row: nuclei from the hematoxylin that colour deconvolution separates."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy import ndimage
from skimage.color import rgb2hed
from skimage.filters import threshold_otsu
from skimage.measure import label
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import watershed

from nucleibench.segment.instances import remove_small


@dataclass(frozen=True)
class Hematoxylin:
    """Colour deconvolution, threshold, distance watershed, size filter.

    The hematoxylin is Ruifrok's (2001). The threshold is the mean of Otsu's and a local one, since
    Otsu alone takes dark stroma for nuclei and a local one alone invents nuclei in empty areas.
    All settings were chosen by the AJI on MoNuSeg's organs other than breast.

    Attributes:
        sigma: standard deviation in pixels of the filter on the hematoxylin.
        neighbourhood: standard deviation in pixels of the Gaussian mean in the local threshold.
        contrast: how far the local threshold lies above that mean, in standard deviations of the
            image's hematoxylin.
        depth: centres of two nuclei are parted by a neck narrower than the nuclei by this many
            pixels of distance to the background.
        minimum_size: smaller objects (pixels) are left out.
    """

    sigma: float
    neighbourhood: float
    contrast: float
    depth: float
    minimum_size: int

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        hematoxylin = _smooth(rgb2hed(image)[..., 0].astype(np.float32), self.sigma)
        mask = ndimage.binary_fill_holes(hematoxylin > self._find_threshold(hematoxylin))
        distance = _smooth(ndimage.distance_transform_edt(mask).astype(np.float32), 1.0)
        centres = local_maxima(reconstruction(distance - self.depth, distance)) & mask
        return remove_small(watershed(-distance, label(centres), mask=mask), self.minimum_size)

    def _find_threshold(self, hematoxylin: np.ndarray) -> np.ndarray:
        """Return the threshold of every pixel."""
        local = _smooth(hematoxylin, self.neighbourhood) + self.contrast * hematoxylin.std()
        return (threshold_otsu(hematoxylin) + local) / 2


def _smooth(values: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)
