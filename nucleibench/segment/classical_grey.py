"""The paper's Otsu threshold and watershed transform, on the grey image, by scikit-image.

The paper gives no settings. The size below which an object is an artefact was chosen on the organs
that train; docs/results.md compares what is found with the published counts.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage.color import rgb2gray
from skimage.filters import sobel, threshold_otsu
from skimage.measure import label
from skimage.segmentation import watershed

from nucleibench.segment.instances import remove_small


@dataclass(frozen=True)
class Otsu:
    """Otsu 1979: what is darker than the threshold is nucleus; connected components are nuclei.

    Attributes:
        minimum_size: smaller objects (pixels) are artefacts.
    """

    minimum_size: int

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        return remove_small(label(_is_dark(rgb2gray(image)), connectivity=1), self.minimum_size)


@dataclass(frozen=True)
class Watershed:
    """Watershed transform of the gradient (Beucher and Lantuejoul 1979) from certain pixels.

    Certainly nucleus is what lies deep inside Otsu's mask, each such area the marker of one
    nucleus; certainly background is what lies outside it by a margin.

    Attributes:
        opening: the mask is opened by so many pixels first, which parts touching nuclei.
        marker_share: a marker lies farther from the background than this share (0 to 1) of the
            largest distance.
        margin: width in pixels of what is uncertain outside the mask.
        minimum_size: smaller objects (pixels) are artefacts.
    """

    opening: int
    marker_share: float
    margin: int
    minimum_size: int

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return int32 labels (height, width) of an RGB uint8 image (height, width, 3)."""
        grey = rgb2gray(image)
        mask = ndimage.binary_opening(_is_dark(grey), np.ones((3, 3)), iterations=self.opening)
        distance = ndimage.distance_transform_edt(mask)
        nuclei = label(distance > self.marker_share * distance.max())
        background = ~ndimage.binary_dilation(mask, iterations=self.margin)
        markers = np.where(background, nuclei.max() + 1, nuclei)
        regions = watershed(sobel(grey), markers)
        return remove_small(np.where(regions > nuclei.max(), 0, regions), self.minimum_size)


def _is_dark(grey: np.ndarray) -> np.ndarray:
    return grey < threshold_otsu(grey)
