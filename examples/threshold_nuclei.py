"""Write label maps of the dark objects of all images: threshold_nuclei.py IMAGES OUTPUT."""

import sys
from pathlib import Path

import numpy as np
from skimage.color import rgb2hed
from skimage.filters import gaussian, threshold_otsu
from skimage.io import imread, imsave
from skimage.measure import label

images, output = map(Path, sys.argv[1:])
for path in sorted(images.glob("*.png")):
    hematoxylin = gaussian(rgb2hed(imread(path))[..., 0], 2)
    labels = label(hematoxylin > threshold_otsu(hematoxylin))
    imsave(output / path.name, labels.astype(np.uint16), check_contrast=False)
