"""The paper's Otsu threshold and watershed transform, on the grey image, by scikit-image."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.color import rgb2gray
from skimage.filters import threshold_otsu
from skimage.measure import label
from skimage.morphology import local_maxima
from skimage.segmentation import watershed


@dataclass(frozen=True)
class Otsu:
    """Otsu 1979: what is darker than the threshold is nucleus; connected components are nuclei."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        return label(_is_dark(image), connectivity=1).astype(np.int32)


@dataclass(frozen=True)
class Watershed:
    """Watershed transform of the distance to the background of Otsu's mask."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        mask = _is_dark(image)
        distance = ndimage.distance_transform_edt(mask)
        markers = label(local_maxima(distance) & mask)
        return watershed(-distance, markers, mask=mask).astype(np.int32)


def _is_dark(image: np.ndarray) -> np.ndarray:
    grey = rgb2gray(image)
    if grey.min() == grey.max():
        return np.zeros(grey.shape, bool)
    return grey < threshold_otsu(grey)
