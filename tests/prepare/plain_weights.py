"""The weight map as it is usually written."""

import numpy as np
from scipy.ndimage import distance_transform_edt


def weigh_plainly(labels, w0, sigma):
    """Ronneberger et al. 2015, equation 2, with a distance map of the whole image per nucleus."""
    inside = labels > 0
    shares = {value: 1 / (inside == value).mean() for value in np.unique(inside)}
    balance = np.where(inside, shares.get(True, 0), shares.get(False, 0)) / len(shares)
    nearest = second = np.full(labels.shape, np.inf)
    for number in np.unique(labels[inside]):
        distance = distance_transform_edt(labels != number)
        nearest, other = np.minimum(nearest, distance), np.maximum(nearest, distance)
        second = np.minimum(second, other)
    gaps = w0 * np.exp(-((nearest + second) ** 2) / (2 * sigma**2))
    return balance + np.where(inside, 0, gaps)
