"""The paper's Otsu threshold on the grey image, by scikit-image."""

import numpy as np
from skimage.color import rgb2gray
from skimage.filters import threshold_otsu
from skimage.measure import label

from nucleibench.families.classical.algorithms import Algorithm
from nucleibench.labelling.instances import remove_small
from nucleibench.settings import Size


class Otsu(Algorithm):
    """Otsu 1979: what is darker than the threshold is nucleus; connected components are nuclei.

    The paper gives no settings. The default was chosen on the organs that train; docs/results.md
    compares what is found with the published counts.
    """

    minimum_size: Size = 50
    """An object of fewer pixels than this is an artefact."""

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """See Algorithm."""
        return remove_small(label(find_dark(rgb2gray(image)), connectivity=1), self.minimum_size)


def find_dark(grey: np.ndarray) -> np.ndarray:
    """Return what is darker than Otsu's threshold, bool, of a grey image (height, width)."""
    return grey < threshold_otsu(grey)
