"""Write label maps of the nuclei that HistomicsTK detects: histomicstk_nuclei.py IMAGES OUTPUT.

The steps and all settings are those of its task NucleiDetection (HistomicsTK 1.4.0, Apache 2.0):
Reinhard's colour normalisation, deconvolution, a threshold, and the method of Al-Kofahi et al.
(2010). As the task does with an image that states no magnification, it takes all pixels.
"""

import sys
from pathlib import Path

import numpy as np
from histomicstk.preprocessing.color_deconvolution import color_deconvolution, stain_color_map
from histomicstk.preprocessing.color_normalization import reinhard
from histomicstk.segmentation.nuclear import detect_nuclei_kofahi
from skimage.io import imread, imsave

REFERENCE = [8.63234435, -0.11501964, 0.03868433], [0.57506023, 0.10403329, 0.01364062]
STAINS = np.array([stain_color_map[name] for name in ("hematoxylin", "eosin", "null")]).T
THRESHOLD, LEAST_RADIUS, MOST_RADIUS, LEAST_AREA, SEARCH_RADIUS = 60, 6, 20, 80, 10


def detect(image: np.ndarray) -> np.ndarray:
    """Return the labels (height, width) of an image, RGB uint8."""
    normalized = reinhard(image, *REFERENCE)
    stain = color_deconvolution(normalized, STAINS).Stains[..., 0].astype(float)
    return detect_nuclei_kofahi(
        stain, stain < THRESHOLD, LEAST_RADIUS, MOST_RADIUS, LEAST_AREA, SEARCH_RADIUS
    )


images, output = map(Path, sys.argv[1:])
for path in sorted(images.glob("*.png")):
    labels = detect(imread(path)[..., :3])
    imsave(output / path.name, labels.astype(np.uint16), check_contrast=False)
    print(path.name, len(np.unique(labels)) - 1, "nuclei", flush=True)
