"""A picture of a few images of a dataset with the outlines of their nuclei."""

import cv2
import numpy as np

from nucleibench.data.checking import find_local_samples
from nucleibench.data.notices import notes_kept
from nucleibench.data.reading import read_labelled
from nucleibench.data.samples import Sample
from nucleibench.data.settings import Dataset

OUTLINE = (0, 255, 0)
"""RGB of what is drawn on images: a colour that no stain has."""

COLUMNS = 3

CAPTION = 24
"""Pixels above an image for its id."""


def draw_samples(name: str, dataset: Dataset, images: int = 6, side: int = 500) -> np.ndarray:
    """Draw the outlines of nuclei on a few images, spread evenly over the dataset, side by side.

    Args:
        name: name of the dataset.
        dataset: its settings; all of its archives must be local.
        images: how many are drawn at most.
        side: pixels of the middle of each that are shown.

    Returns:
        RGB uint8, up to three images wide, each below its id.

    Raises:
        DataError: as for :func:`check_dataset`, or an image that is drawn cannot be read.
    """
    with notes_kept([]):
        samples = find_local_samples(name, dataset)
    places = np.linspace(0, len(samples) - 1, min(images, len(samples))).round().astype(int)
    drawn = [_draw(dataset.format, samples[place], side) for place in places]
    columns = min(COLUMNS, len(drawn))
    drawn += [np.full_like(drawn[0], 255)] * (-len(drawn) % columns)
    rows = [np.hstack(drawn[first : first + columns]) for first in range(0, len(drawn), columns)]
    return np.vstack(rows)


def _draw(format: str, sample: Sample, side: int) -> np.ndarray:
    """Return the middle of an image with outlines, in a frame of ``side`` below its id."""
    found, _ = read_labelled(format, sample, "test")
    top, left = (max(0, (length - side) // 2) for length in found.labels.shape)
    image = found.image[top : top + side, left : left + side].copy()
    image[_edges(found.labels[top : top + side, left : left + side])] = OUTLINE
    framed = np.full((side + CAPTION, side, 3), 255, np.uint8)
    framed[CAPTION : CAPTION + image.shape[0], : image.shape[1]] = image
    return cv2.putText(framed, sample.image, (4, 17), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0))


def _edges(labels: np.ndarray) -> np.ndarray:
    """Return the pixels of nuclei that touch another label or the background."""
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    values = labels.astype(np.float32)
    inner = cv2.erode(values, cross) == cv2.dilate(values, cross)
    return (labels > 0) & ~inner
