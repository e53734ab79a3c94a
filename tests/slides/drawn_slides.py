"""Small slides in memory, and a stand-in for a network that sees its surroundings."""

from pathlib import Path

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter

from nucleibench.labelling.instances import PostProcessing
from nucleibench.labelling.settings import Inference
from nucleibench.slides.trained_network import group_windows
from nucleibench.slides.whole_slide import TrainedNetwork
from nucleibench.stain.reference import UNCHANGED


class ArrayRaster:
    """An image in memory with what is needed of a Raster."""

    path = Path("drawn")

    def __init__(self, pixels, pixel_size=0.25):
        self.pixels, self.shape, self.pixel_size = pixels, pixels.shape[:2], pixel_size
        self.largest = 0

    def read(self, top, left, height, width):
        self.largest = max(self.largest, height * width)
        return self.pixels[top : top + height, left : left + width].copy()

    def overview(self, longest):
        scale = min(1, longest / max(self.shape))
        height, width = (max(1, round(side * scale)) for side in self.shape)
        return cv2.resize(self.pixels, (width, height), interpolation=cv2.INTER_AREA)


def draw_blobs(seed, height, width, grain=2.0):
    """Dark blobs of all sizes on pink, RGB uint8; some touch, some are rings."""
    random = np.random.default_rng(seed)
    noise = gaussian_filter(random.standard_normal((height, width)), grain)
    height_map = np.clip(0.5 + 0.4 * noise / max(noise.std(), 1e-9), 0, 1)
    pale, dark = np.array([230, 180, 210]), np.array([90, 50, 130])
    pixels = pale + height_map[..., None] * (dark - pale)
    return np.clip(pixels + random.integers(-6, 7, pixels.shape), 0, 255).astype(np.uint8)


def see(tiles):
    """Return three maps; a pixel's depend on the tile it lies in, as a network's do."""
    maps = []
    for tile in tiles:
        darkness = np.clip((230 - tile[..., 0].astype(np.float32)) / 140, 0, 1)
        wide = cv2.blur(darkness, (5, 5), borderType=cv2.BORDER_CONSTANT)
        across = cv2.Sobel(wide, cv2.CV_32F, 1, 0, ksize=3)
        maps.append(np.stack([(darkness + wide) / 2, np.clip(wide + across, 0, 1), across], -1))
    return np.stack(maps)


def stand_in(separation, threshold=0.5, **setting):
    """Return a network of tiles of 32 pixels."""
    inference = Inference(size=32, overlap=0.25, batch_size=3)
    chosen = PostProcessing(threshold, setting.pop("min_size", 4), separation, **setting)
    return TrainedNetwork(group_windows(see, 3), 32, inference, chosen, UNCHANGED)


def paint(shape, parts):
    """Return the label map of a whole slide; a pixel of two nuclei is an error."""
    labels = np.zeros(shape, np.int32)
    for part in parts:
        place = labels[part.corner[0] :, part.corner[1] :]
        place = place[: part.labels.shape[0], : part.labels.shape[1]]
        assert not place[part.labels > 0].any()
        place += part.labels
    return labels


def same_nuclei(one, other):
    """Tell whether two label maps hold the same sets of pixels, whatever their numbers."""
    if ((one > 0) != (other > 0)).any():
        return False
    pairs = np.unique(np.stack([one[one > 0], other[one > 0]]), axis=1)
    return all(len(np.unique(numbers)) == pairs.shape[1] for numbers in pairs)
