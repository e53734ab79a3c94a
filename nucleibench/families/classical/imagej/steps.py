"""ImageJ's steps from an RGB image to a mask, bit for bit, without Java.

What ImageJ 1.53t does was established by experiment: every function returns the pixels that the
command of the same name returns (tests/families/classical/test_imagej.py runs both). ImageJ is in
the public domain.
"""

from collections.abc import Callable

import cv2
import numpy as np
from scipy import ndimage

from nucleibench.errors import ConfigurationError
from nucleibench.labelling.instances import remove_small
from nucleibench.registry import Registry

# Above this ImageJ blurs a reduced image, which is not repeated here.
MAXIMUM_SIGMA = 8.5
# The tail of the kernel is cut where it falls below this (ImageJ's value for 8-bit images).
KERNEL_ACCURACY = 0.002


def convert_to_grey(image: np.ndarray) -> np.ndarray:
    """Convert RGB uint8 (height, width, 3) to grey uint8: Image > Type > 8-bit, unweighted mean."""
    return ((image.sum(axis=2, dtype=np.uint16) + 1) // 3).astype(np.uint8)


def blur(grey: np.ndarray, sigma: float) -> np.ndarray:
    """Blur a uint8 image (height, width): Process > Filters > Gaussian Blur.

    Raises:
        ConfigurationError: ``sigma`` (pixels) is not between 0 and MAXIMUM_SIGMA.
    """
    if not 0 <= sigma <= MAXIMUM_SIGMA:
        raise ConfigurationError(f"sigma must be from 0 to {MAXIMUM_SIGMA} pixels, not {sigma}")
    if sigma == 0:
        return grey.copy()
    blurred = grey.astype(np.float32)
    for _ in range(2):  # rows first, then columns
        blurred = _convolve_rows(blurred, sigma).T
    return (blurred + np.float32(0.5)).astype(np.uint8)


def find_default_threshold(grey: np.ndarray) -> int:
    """Find the threshold of a uint8 image by ImageJ's "Default", a modified IsoData.

    The threshold moves up from the darkest grey until it reaches the middle between the means of
    what lies on either side. Values 0 and 255 count as cut off, not as measured, and a value more
    than twice as frequent as any other, such as an empty background, counts for 1.5 times that.
    """
    histogram = np.bincount(grey.ravel(), minlength=256)
    second, first = np.sort(histogram)[-2:]
    if first > 2 * second > 0:
        histogram[histogram.argmax()] = int(1.5 * second)
    histogram = histogram.astype(np.float64)
    histogram[[0, 255]] = 0
    present = np.flatnonzero(histogram)
    if len(present) < 2:
        return 128
    pixels, sums = np.cumsum(histogram), np.cumsum(histogram * np.arange(256))
    for level in range(present[0], present[-1]):
        below = sums[level] / pixels[level]
        above = (sums[-1] - sums[level]) / (pixels[-1] - pixels[level])
        middle = (below + above) / 2
        if level + 2 > middle or level + 2 >= present[-1]:
            break
    return int(middle + 0.5)


def find_li_threshold(grey: np.ndarray) -> int:
    """Find the threshold of a uint8 image by ImageJ's "Li": the least cross-entropy.

    Li and Tam 1998, equation 7, repeated from the mean on until it stays.
    """
    histogram = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    pixels, sums = np.cumsum(histogram), np.cumsum(histogram * np.arange(256))
    threshold, following = -1.0, sums[-1] / pixels[-1]
    while abs(following - threshold) > 0.5:
        threshold, level = following, int(following + 0.5)
        below = sums[level] / max(pixels[level], 1)
        above = (sums[-1] - sums[level]) / max(pixels[-1] - pixels[level], 1)
        both = min(below, above) > 0
        following = int((below - above) / np.log(below / above) + 0.5) if both else 0
    return level


THRESHOLDS: Registry[Callable[[np.ndarray], int]] = Registry(
    "threshold",
    {
        "Default": "nucleibench.families.classical.imagej.steps:find_default_threshold",
        "Li": "nucleibench.families.classical.imagej.steps:find_li_threshold",
    },
)
"""By ImageJ's names. What is at most the threshold is dark."""


def fill_holes(mask: np.ndarray) -> np.ndarray:
    """Fill background without 4-connected path to the border: Process > Binary > Fill Holes."""
    return ndimage.binary_fill_holes(mask)


def label_particles(mask: np.ndarray, minimum_size: int) -> np.ndarray:
    """Number the 8-connected particles of a bool mask (height, width) from 1, int32.

    As Analyze > Analyze Particles, which leaves out those of fewer than ``minimum_size`` pixels.
    """
    _, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return remove_small(labels, minimum_size)


def _convolve_rows(values: np.ndarray, sigma: float) -> np.ndarray:
    """Convolve each row, adding in ImageJ's order, since float32 sums depend on it."""
    width = values.shape[1]
    kernel, tails = _gaussian_kernel(sigma, width)
    radius = len(kernel)
    result = values * kernel[0]
    # Beyond the border the edge pixel goes on: the kernel's tail outside, times that pixel.
    outside = min(radius, width)
    result[:, :outside] += tails[:outside] * values[:, :1]
    result[:, width - outside :] += tails[:outside][::-1] * values[:, -1:]
    padded = np.pad(values, ((0, 0), (radius, radius)))
    for k in range(1, radius):
        left, right = padded[:, radius - k :][:, :width], padded[:, radius + k :][:, :width]
        result += kernel[k] * (left + right)
    return result


def _gaussian_kernel(sigma: float, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Return half a kernel, centre first, and for each place the sum of what lies beyond it."""
    limit = max(length, 50)
    radius = min(int(np.ceil(sigma * np.sqrt(-2 * np.log(KERNEL_ACCURACY)))) + 1, limit)
    place = np.arange(radius)
    kernel = np.exp(-0.5 * place * place / sigma / sigma).astype(np.float32)
    if 3 < radius < limit:
        _smooth_tail(kernel)
    exact = kernel.astype(np.float64)
    total = 2 * exact.sum() - exact[0] if radius < limit else sigma * np.sqrt(2 * np.pi)
    shares = exact / total
    tails = 0.5 + 0.5 * exact[0] / total - np.cumsum(shares)
    return shares.astype(np.float32), tails.astype(np.float32)


def _smooth_tail(kernel: np.ndarray) -> None:
    """Replace the end of the kernel by a parabola that meets zero without a step."""
    radius = len(kernel)
    flattest, place = np.inf, radius
    while place > radius // 2:
        place -= 1
        slope = np.sqrt(float(kernel[place])) / (radius - place)
        if slope >= flattest:
            break
        flattest = slope
    tail = np.arange(place + 2, radius)
    kernel[tail] = (radius - tail) ** 2 * flattest * flattest
