"""The paper's watershed transform on the grey image, by scikit-image."""

from typing import Annotated

import numpy as np
from pydantic import Field
from scipy import ndimage
from skimage.color import rgb2gray
from skimage.filters import sobel
from skimage.measure import label
from skimage.segmentation import watershed

from nucleibench.families.classical.algorithms import Algorithm
from nucleibench.families.classical.otsu import find_dark
from nucleibench.labelling.instances import remove_small
from nucleibench.settings import Count, Size


class Watershed(Algorithm):
    """Watershed transform of the gradient (Beucher and Lantuejoul 1979) from certain pixels.

    Certainly nucleus is what lies deep inside Otsu's mask; each such area is the marker of one
    nucleus. Certainly background is what lies outside the mask by a margin. The paper gives no
    settings; docs/results.md compares what is found with the published counts.
    """

    opening: Count = 2
    """How many times the mask is eroded, then dilated, by 3 x 3 pixels, which separates touching
    nuclei."""
    marker_share: Annotated[float, Field(ge=0, lt=1)] = 0.5
    """Pixels farther from the background than this share of the largest distance in the image are
    certainly nucleus."""
    margin: Count = 3
    """Width in pixels of the uncertain band around the mask; what lies beyond is background."""
    minimum_size: Size = 50
    """An object of fewer pixels than this is an artefact."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See Algorithm."""
        grey = rgb2gray(image)
        mask = ndimage.binary_opening(find_dark(grey), np.ones((3, 3)), iterations=self.opening)
        distance = ndimage.distance_transform_edt(mask)
        nuclei = label(distance > self.marker_share * distance.max())
        background = ~ndimage.binary_dilation(mask, iterations=self.margin)
        markers = np.where(background, nuclei.max() + 1, nuclei)
        regions = watershed(sobel(grey), markers)
        return remove_small(np.where(regions > nuclei.max(), 0, regions), self.minimum_size)
