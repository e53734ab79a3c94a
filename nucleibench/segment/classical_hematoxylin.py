"""The strong classical row: nuclei from the hematoxylin that colour deconvolution separates."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.color import rgb2hed
from skimage.feature import peak_local_max
from skimage.filters import threshold_otsu
from skimage.segmentation import watershed

from nucleibench.segment.instances import remove_small


@dataclass(frozen=True)
class Hematoxylin:
    """Colour deconvolution, Otsu threshold, distance watershed, size filter.

    Attributes:
        sigma: standard deviation in pixels of the filter on the hematoxylin.
        marker_distance: nuclei's centres are at least so many pixels apart.
        minimum_size: smaller objects (pixels) are left out.
    """

    sigma: float = 2.0
    marker_distance: int = 7
    minimum_size: int = 100

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        hematoxylin = ndimage.gaussian_filter(rgb2hed(image)[..., 0], self.sigma)
        if hematoxylin.min() == hematoxylin.max():
            return np.zeros(hematoxylin.shape, np.int32)
        mask = ndimage.binary_fill_holes(hematoxylin > threshold_otsu(hematoxylin))
        distance = ndimage.gaussian_filter(ndimage.distance_transform_edt(mask), 1.0)
        peaks = peak_local_max(
            distance,
            min_distance=self.marker_distance,
            labels=mask.astype(int),
            exclude_border=False,
        )
        markers = np.zeros(mask.shape, np.int32)
        markers[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
        return remove_small(watershed(-distance, markers, mask=mask), self.minimum_size)
