"""Synthetic staining: tissue to an H&E image through optical density.

Light that passes a stain fades by the Beer-Lambert law: intensity = background * exp(-density),
density = hematoxylin * its vector + eosin * its vector. The vectors are the reference of
Macenko et al. 2009 (RGB, for natural logarithms), turned a little for every image.
"""

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree
from skimage.segmentation import find_boundaries

from nucleibench.data.tissue import KINDS, Layout, TissueType, smooth_noise

HEMATOXYLIN = (0.5626, 0.7201, 0.4062)
EOSIN = (0.2159, 0.8012, 0.5581)
BACKGROUND = 243.0
"""Grey level of empty glass."""


def stain(tissue: TissueType, layout: Layout, random: np.random.Generator) -> np.ndarray:
    """Return an H&E image of the tissue: RGB uint8 (size, size, 3)."""
    hematoxylin, eosin = _between_nuclei(tissue, layout, random)
    nuclei = cv2.GaussianBlur((layout.labels > 0).astype(np.float32), (0, 0), 0.8)
    chromatin = _chromatin(tissue, layout, random)
    hematoxylin = hematoxylin * (1 - nuclei) + chromatin * nuclei
    eosin = eosin * (1 - 0.65 * nuclei)
    strengths = random.lognormal(0, 0.18, 2)
    vectors = [_turned(vector, random) for vector in (HEMATOXYLIN, EOSIN)]
    density = np.stack([strengths[0] * hematoxylin, strengths[1] * eosin], axis=-1) @ vectors
    return _photograph(np.exp(-density), random)


def _between_nuclei(
    tissue: TissueType, layout: Layout, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return hematoxylin and eosin as if there were no nuclei."""
    size = len(layout.depth)
    grain = smooth_noise(size, 2.5, random)
    clouds = smooth_noise(size, 20, random)
    epithelium = _sigmoid(layout.depth / 0.05)
    lumen = _sigmoid((layout.depth - 1 + 0.04 * smooth_noise(size, 5, random)) / 0.02)
    strands = _strands(layout.flow, random)
    gaps = _sigmoid((-1.5 - strands) / 0.2)
    fibres = tissue.fibres * (0.9 + 0.3 * strands + 0.12 * clouds) * (1 - 0.9 * gaps)
    cytoplasm = tissue.cytoplasm * (1 + 0.16 * clouds + 0.14 * grain)
    cytoplasm += tissue.membrane * _borders(layout)
    eosin = (epithelium * cytoplasm + (1 - epithelium) * fibres) * (1 - lumen)
    hematoxylin = tissue.basophilia * (1 + 0.25 * clouds + 0.25 * grain)
    hematoxylin *= (0.35 + 0.65 * epithelium) * (1 - lumen)
    return np.maximum(hematoxylin, 0), np.maximum(eosin, 0.01)


def _strands(flow: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Return noise drawn out along the flow: at every pixel along the nearest of 8 directions."""
    noise = random.standard_normal(flow.shape).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 1.0)
    directions = 8
    nearest = np.round(flow / np.pi * directions).astype(int) % directions
    drawn_out = [
        cv2.filter2D(noise, -1, _line(np.pi * turn / directions, 21)) for turn in range(directions)
    ]
    strands = np.choose(nearest, drawn_out)
    return strands / strands.std()


def _line(angle: float, length: int) -> np.ndarray:
    """Return a kernel that averages along a line, ``angle`` in radians."""
    kernel = np.zeros((length, length), np.float32)
    half = length / 2 * np.array([np.cos(angle), np.sin(angle)])
    start, end = (np.array([length // 2] * 2) + [[-1], [1]] * half).round().astype(int)
    cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
    return kernel / kernel.sum()


def _borders(layout: Layout) -> np.ndarray:
    """Return 1 half-way between the centres of neighbouring cells, 0 away from there."""
    size = len(layout.depth)
    if len(layout.centres) < 2:
        return np.zeros((size, size))
    pixels = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1)[::2, ::2]
    near, second = np.moveaxis(cKDTree(layout.centres).query(pixels, k=2)[0], -1, 0)
    return cv2.resize(np.exp(-(((second - near) / 2.5) ** 2)), (size, size))


def _chromatin(tissue: TissueType, layout: Layout, random: np.random.Generator) -> np.ndarray:
    """Return the hematoxylin of nuclei: clumps, a dark rim, a paler middle."""
    size = len(layout.labels)
    kinds = np.concatenate([[0], layout.kinds])[layout.labels]
    chromatin, vesicular = (
        np.array([getattr(kind, name) for kind in KINDS])[kinds]
        for name in ("chromatin", "vesicular")
    )
    shade = np.concatenate([[1], np.clip(random.normal(1, 0.16, len(layout.kinds)), 0.6, 1.5)])
    inside = distance_transform_edt(
        (layout.labels > 0) & ~find_boundaries(layout.labels, mode="inner")
    )
    vesicular = tissue.vesicular * vesicular
    rim = np.exp(-((inside / 1.6) ** 2))
    clumps = 0.16 * smooth_noise(size, 2.2, random) + 0.14 * smooth_noise(size, 5, random)
    level = 1 + (1 + vesicular) * clumps + 0.25 * rim - 0.55 * vesicular * (1 - rim)
    return np.maximum(tissue.chromatin * chromatin * shade[layout.labels] * level, 0.1)


def _photograph(light: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Blur a little, add the noise of a camera, and count in grey levels."""
    light = BACKGROUND * random.uniform(0.97, 1.02, 3) * light
    light = cv2.GaussianBlur(light, (0, 0), random.uniform(0.5, 0.9))
    light += random.normal(0, 2.5, light.shape)
    return np.clip(light.round(), 0, 255).astype(np.uint8)


def _turned(vector: tuple[float, ...], random: np.random.Generator) -> np.ndarray:
    """Return a stain vector a few degrees from the given one, of unit length."""
    turned = np.clip(np.array(vector) + random.normal(0, 0.04, 3), 0.01, None)
    return turned / np.linalg.norm(turned)


def _sigmoid(value: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(value, -30, 30)))
