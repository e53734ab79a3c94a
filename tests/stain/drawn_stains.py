"""Images with known stains."""

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.draw import disk

HEMATOXYLIN = np.array([0.56, 0.72, 0.41])
EOSIN = np.array([0.25, 0.83, 0.50])
STAINS = np.stack([HEMATOXYLIN, EOSIN]) / np.linalg.norm([HEMATOXYLIN, EOSIN], axis=1)[:, None]


def smooth_noise(generator, size):
    noise = gaussian_filter(generator.random((size, size)), 2)
    return (noise - noise.min()) / np.ptp(noise)


def draw_concentrations(seed, size=128):
    """Nuclei in hematoxylin on eosin, shape (2, size, size)."""
    generator = np.random.default_rng(seed)
    nuclei = np.zeros((size, size))
    for _ in range(size // 4):
        nuclei[disk(generator.uniform(0, size, 2), 6, shape=nuclei.shape)] = 1
    hematoxylin = nuclei * (1 + smooth_noise(generator, size))
    eosin = (1 - nuclei) * (0.3 + 0.6 * smooth_noise(generator, size))
    return np.stack([hematoxylin, eosin])


def stain(concentrations, stains=STAINS):
    """RGB uint8 of concentrations (stains, height, width), rounded."""
    density = np.tensordot(concentrations, stains, axes=(0, 0))
    return np.clip(np.rint(255 * np.exp(-density)), 0, 255).astype(np.uint8)


def draw_tissue(seed, size=128):
    return stain(draw_concentrations(seed, size))


def with_band(image, color, share=0.1):
    """A copy of ``image`` whose first rows have one colour: a border or a pen mark."""
    image = image.copy()
    image[: int(share * len(image))] = color
    return image


def draw_hard_images():
    """Name -> image that no engine may stumble over."""
    tissue = draw_tissue(7)
    concentrations = draw_concentrations(7)
    blank = np.full((64, 64, 3), 255, np.uint8)
    nearly_blank = blank.copy()
    nearly_blank[:3, :5] = tissue[:3, :5]
    grey = np.tile(np.arange(256, dtype=np.uint8), (4, 1))
    return {
        "white": blank,
        "black": np.zeros((64, 64, 3), np.uint8),
        "one color": np.full((64, 64, 3), (180, 100, 160), np.uint8),
        "one pixel": tissue[:1, :1],
        "grey ramp": np.stack([grey] * 3, axis=-1),
        "hematoxylin alone": stain(concentrations[:1], STAINS[:1]),
        "eosin alone": stain(concentrations[1:] + 0.2, STAINS[1:]),
        "nearly no tissue": nearly_blank,
        "black border": with_band(tissue, (0, 0, 0)),
        "blue pen": with_band(tissue, (30, 40, 160)),
        "green pen": with_band(tissue, (20, 120, 60)),
        "negative density": np.maximum(tissue, with_band(tissue, (255, 255, 255), 0.5)),
        "noise": np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8),
    }
