"""Engines that separate no stains."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import staintools

from nucleibench.stain.colors import count_colors
from nucleibench.stain.report import (
    MINIMUM_TISSUE_PIXELS,
    NO_TISSUE,
    OK,
    SINGLE_STAIN,
    StainReport,
)


@dataclass(frozen=True)
class Unchanged:
    """Leaves every image as it is."""

    name: ClassVar[str] = "none"
    luminosity_threshold: ClassVar[float] = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainReport]:
        """See Engine."""
        return {}, self._report(image)

    def transform(
        self, image: np.ndarray, statistics: Mapping[str, list]
    ) -> tuple[np.ndarray, StainReport]:
        """See Engine."""
        return image.copy(), self._report(image)

    def _report(self, image: np.ndarray) -> StainReport:
        fraction, _ = _find_tissue(image, self.luminosity_threshold)
        return StainReport(self.name, OK, fraction)


@dataclass(frozen=True)
class Reinhard:
    """Reinhard et al. 2001 by staintools: matches mean and deviation of the CIE Lab channels.

    An image without tissue, or with a channel that is constant, has no deviation to match.
    """

    name: ClassVar[str] = "reinhard"
    luminosity_threshold: float = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainReport]:
        """See Engine."""
        means, deviations = _lab_moments(image)
        return {"means": means.tolist(), "deviations": deviations.tolist()}, self._report(image)

    def transform(
        self, image: np.ndarray, statistics: Mapping[str, list]
    ) -> tuple[np.ndarray, StainReport]:
        """See Engine."""
        report = self._report(image)
        if not report.usable:
            return image.copy(), report
        normalizer = staintools.ReinhardColorNormalizer()
        normalizer.target_means = statistics["means"]
        normalizer.target_stds = statistics["deviations"]
        return normalizer.transform(image), report

    def _report(self, image: np.ndarray) -> StainReport:
        fraction, pixels = _find_tissue(image, self.luminosity_threshold)
        if pixels < MINIMUM_TISSUE_PIXELS:
            return StainReport(self.name, NO_TISSUE, fraction)
        _, deviations = _lab_moments(image)
        return StainReport(self.name, OK if deviations.min() > 0 else SINGLE_STAIN, fraction)


def _find_tissue(image: np.ndarray, luminosity_threshold: float) -> tuple[float, int]:
    """Return the share of tissue, 0 to 1, and the number of its pixels."""
    pixels = int(count_colors(image).tissue(luminosity_threshold).counts.sum())
    return pixels / image[..., 0].size, pixels


def _lab_moments(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the three Lab channels, as staintools takes them."""
    means, deviations = staintools.ReinhardColorNormalizer().get_mean_std(image)
    return np.ravel(means), np.ravel(deviations)
