"""Label maps for tests: drawn at random pixel by pixel, and as ellipses of the size of nuclei."""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.draw import ellipse

from nucleibench.slides.nuclei import Nuclei, NucleusStore, describe
from nucleibench.slides.regions import Regions

PIXEL_SIZE = 0.25

sides = st.integers(1, 12)
label_maps = st.tuples(sides, sides, st.integers(1, 3)).flatmap(
    lambda size: arrays(np.int32, size[:2], elements=st.integers(0, size[2]))
)


def draw_ellipses(shape=(160, 200), step=32, seed=0):
    """Return a label map of ellipses on a grid, numbered from 1."""
    random = np.random.default_rng(seed)
    labels = np.zeros(shape, np.int32)
    centres = [(y, x) for y in range(16, shape[0], step) for x in range(16, shape[1], step)]
    for number, (y, x) in enumerate(centres, start=1):
        radii, turn = random.uniform(6, 13, 2), random.uniform(0, np.pi)
        shift = random.integers(-5, 6, 2)
        labels[ellipse(y + shift[0], x + shift[1], *radii, shape=shape, rotation=turn)] = number
    return labels


def random_image(labels, seed=0):
    """Return an RGB image of noise of the size of a label map."""
    return np.random.default_rng(seed).integers(0, 256, (*labels.shape, 3), dtype=np.uint8)


def described(labels, origin=(0, 0)) -> Nuclei:
    return describe(Regions(labels, random_image(labels), PIXEL_SIZE, origin))


def store_in_strips(folder, labels, height=50) -> NucleusStore:
    """Return a store of nuclei, each in the strip of rows in which its first pixel lies."""
    store = NucleusStore(folder)
    image = random_image(labels)
    numbers, first = np.unique(labels, return_index=True)
    strip = first // labels.shape[1] // height
    for number in range(strip.max() + 1):
        top = number * height
        own = np.isin(labels, numbers[(strip == number) & (numbers > 0)])
        block = np.where(own, labels, 0)[top:]
        store.add(describe(Regions(block, image[top:], PIXEL_SIZE, (0, top))))
    store.finish()
    return store
