"""H&E with nuclei at known places."""

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.draw import disk

HEMATOXYLIN = np.array([0.56, 0.72, 0.41])
EOSIN = np.array([0.25, 0.83, 0.50])


def draw_tissue(discs, size=128, seed=0):
    """RGB uint8 and labels of discs (row, column, radius), dark on uneven eosin."""
    labels = np.zeros((size, size), np.int32)
    for number, (row, column, radius) in enumerate(discs, start=1):
        labels[disk((row, column), radius, shape=labels.shape)] = number
    noise = gaussian_filter(np.random.default_rng(seed).random((size, size)), 3)
    eosin = 0.3 + 0.3 * (noise - noise.min()) / np.ptp(noise)
    density = (labels > 0)[..., None] * 1.2 * HEMATOXYLIN + eosin[..., None] * EOSIN
    return (255 * np.exp(-density)).astype(np.uint8), labels


def draw_random_tissue(seed, size=128, nuclei=20):
    generator = np.random.default_rng(seed)
    discs = np.column_stack(
        [generator.uniform(0, size, (nuclei, 2)), generator.uniform(4, 10, nuclei)]
    )
    return draw_tissue(discs, size, seed)[0]


def draw_hard_images():
    """Name -> image without a nucleus to find, or without anything."""
    return {
        "white": np.full((64, 64, 3), 255, np.uint8),
        "black": np.zeros((64, 64, 3), np.uint8),
        "one color": np.full((64, 64, 3), (180, 100, 160), np.uint8),
        "one pixel": np.full((1, 1, 3), 90, np.uint8),
        "one row": draw_random_tissue(1)[:1],
        "noise": np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8),
        "wide": draw_random_tissue(2)[:40],
    }
