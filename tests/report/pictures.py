"""What the figures' tests ask of the files that were written."""

import numpy as np

from nucleibench.images import read_rgb


def is_drawn(path):
    """Whether the file is a picture of some size and of more than a few colours."""
    picture = read_rgb(path)
    return min(picture.shape[:2]) > 200 and len(np.unique(picture @ [1, 256, 65536])) > 10


def has_color(path, color, pixels):
    """Whether at least so many pixels are of this colour, up to the resampling."""
    distance = np.abs(read_rgb(path).astype(int) - color).max(axis=2)
    return np.count_nonzero(distance <= 2) >= pixels
