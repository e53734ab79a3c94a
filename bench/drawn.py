"""Drawn inputs: a field of 1000 px with some 900 nuclei, laid side by side where more is wanted."""

from functools import cache

import numpy as np

FIELD = 1000


@cache
def draw_field(organ: str = "liver") -> tuple[np.ndarray, np.ndarray]:
    """Return image uint8 (1000, 1000, 3) and labels int32 (1000, 1000)."""
    from nucleibench.data.synthetic import draw_image

    image, nuclei, *_ = draw_image(organ, "bench", 0, FIELD)
    return image, nuclei.labels.astype(np.int32)


def lay_image(size: int, organ: str = "liver") -> np.ndarray:
    """Return an image uint8 (size, size, 3)."""
    places = np.arange(size) % FIELD
    return draw_field(organ)[0][np.ix_(places, places)]


def lay_labels(field: np.ndarray, size: int) -> np.ndarray:
    """Return labels int32 (size, size) of a field laid side by side, each nucleus with its own."""
    places, copies = np.arange(size) % FIELD, np.arange(size) // FIELD
    labels = field[np.ix_(places, places)]
    copy = copies[:, None] * (copies[-1] + 1) + copies
    raised = np.where(labels > 0, labels + copy * (field.max() + 1), 0)
    present = np.zeros(raised.max() + 1, bool)
    present[raised] = True
    return (np.cumsum(present) - 1).astype(np.int32)[raised]
