"""The nuclei of a block, and the sums over their pixels that measurements are made of."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nucleibench.slides.densities import WHITE, White, unmix
from nucleibench.slides.hulls import Hulls
from nucleibench.slides.perimeter import measure_perimeters
from nucleibench.slides.ranges import expand
from nucleibench.slides.runs import find_runs


@dataclass(frozen=True)
class Moments:
    """Moments of nuclei in pixels, float64 (n,) each.

    Attributes:
        x: mean of x over the pixels' centres; the left edge of the whole image is 0.
        y: mean of y; the upper edge is 0.
        xx: variance of x.
        xy: covariance of x and y.
        yy: variance of y.
    """

    x: np.ndarray
    y: np.ndarray
    xx: np.ndarray
    xy: np.ndarray
    yy: np.ndarray


@dataclass(frozen=True)
class Densities:
    """Optical densities of nuclei: hematoxylin, eosin.

    Attributes:
        mean: over the pixels, float64 (2, n).
        deviation: standard deviation over the pixels, float64 (2, n).
    """

    mean: np.ndarray
    deviation: np.ndarray


class Regions:
    """The nuclei of a block, in ascending order of their labels.

    What is asked for is computed once, for all nuclei together, and does not depend on where the
    block lies around a nucleus.
    """

    def __init__(
        self,
        labels: np.ndarray,
        image: np.ndarray,
        pixel_size: float,
        origin: tuple[int, int] = (0, 0),
        white: White = WHITE,
        certainty: np.ndarray | None = None,
    ) -> None:
        """Take a block of an image.

        Args:
            labels: integers (height, width), 0 = background.
            image: RGB uint8 (height, width, 3).
            pixel_size: side of a pixel in micrometres.
            origin: (x, y) of the block's first pixel in the whole image.
            white: RGB of glass, 0 to 255.
            certainty: of each nucleus, in ascending order of their labels, 0 to 1, if it is known.

        Raises:
            ValueError: image and labels do not fit together.
        """
        if image.shape != (*labels.shape, 3) or image.dtype != np.uint8:
            raise ValueError(
                f"labels of shape {labels.shape} need an RGB uint8 image of the same size, "
                f"not {image.dtype} of shape {image.shape}"
            )
        self.labels, self.image, self.pixel_size = labels, image, pixel_size
        self.origin, self.white = origin, white
        self.numbers, self.runs = find_runs(labels)
        self.certainty = np.full(len(self), np.nan) if certainty is None else certainty
        if len(self.certainty) != len(self):
            raise ValueError(f"{len(self.certainty)} values of certainty for {len(self)} nuclei")

    def __len__(self) -> int:
        """Return how many nuclei there are."""
        return len(self.numbers)

    def _total(self, of_runs: np.ndarray) -> np.ndarray:
        return np.bincount(self.runs.nucleus, of_runs, len(self))

    @cached_property
    def area(self) -> np.ndarray:
        """Pixels of each nucleus, float64."""
        return self._total(self.runs.stop - self.runs.start)

    @cached_property
    def moments(self) -> Moments:
        """Centroids and variances."""
        first = np.flatnonzero(np.diff(self.runs.nucleus, prepend=-1))
        left = np.minimum.reduceat(self.runs.start, first)
        top = self.runs.row[first]
        x, y, xx, xy, yy = (
            self._total(values) / self.area for values in self._power_sums(left, top)
        )
        central = (xx - x * x, xy - x * y, yy - y * y)
        return Moments(
            left + self.origin[0] + (x + 0.5), top + self.origin[1] + (y + 0.5), *central
        )

    def _power_sums(self, left: np.ndarray, top: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return the sums of x, y, x², xy and y² of each run, int64, from a nucleus' own corner.

        They are whole, and so exact.
        """
        runs = self.runs
        start, stop = runs.start - left[runs.nucleus], runs.stop - left[runs.nucleus]
        y, length = runs.row - top[runs.nucleus], runs.stop - runs.start
        x = length * (start + stop - 1) // 2
        xx = _sum_of_squares(stop) - _sum_of_squares(start)
        return x, length * y, xx, x * y, length * y * y

    @cached_property
    def axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Major and minor axis in pixels of the ellipse with the same variances, float64."""
        moments = self.moments
        middle = (moments.xx + moments.yy) / 2
        apart = np.hypot((moments.xx - moments.yy) / 2, moments.xy)
        return 4 * np.sqrt(middle + apart), 4 * np.sqrt(np.maximum(middle - apart, 0))

    @cached_property
    def hulls(self) -> Hulls:
        """Convex hulls."""
        return Hulls(self.runs, len(self))

    @cached_property
    def perimeter(self) -> np.ndarray:
        """Perimeters in pixels, float64."""
        return measure_perimeters(self.labels, self.numbers)

    @cached_property
    def densities(self) -> Densities:
        """Optical densities."""
        begin = self.runs.row * self.labels.shape[1]
        pixel, run = expand(begin + self.runs.start, begin + self.runs.stop)
        nucleus = self.runs.nucleus[run]
        stains = unmix(self.image.reshape(-1, 3).take(pixel, axis=0), self.white)
        mean = self._pixel_mean(stains, nucleus)
        variance = self._pixel_mean((stains - mean.take(nucleus, axis=1)) ** 2, nucleus)
        return Densities(mean, np.sqrt(variance))

    def _pixel_mean(self, values: np.ndarray, nucleus: np.ndarray) -> np.ndarray:
        sums = [np.bincount(nucleus, channel, len(self)) for channel in values]
        return np.stack(sums) / self.area


def _sum_of_squares(stop: np.ndarray) -> np.ndarray:
    """Return the sum of the squares of 0, 1, ..., ``stop`` - 1."""
    return stop * (stop - 1) * (2 * stop - 1) // 6
