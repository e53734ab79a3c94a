"""Engines in which staintools does the work.

staintools is imported where it is used: it brings matplotlib, which the default engine can spare.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nucleibench.stain.colors import ColorTable, count_colors
from nucleibench.stain.report import SINGLE_STAIN, StainReport, look
from nucleibench.stain.separation_engines import Separated, SeparationEngine


@dataclass(frozen=True)
class Macenko(SeparationEngine):
    """Macenko et al. 2009: staintools finds the stain vectors."""

    name: ClassVar[str] = "macenko"
    luminosity_threshold: float = 0.8
    angular_percentile: float = 99
    concentration_regularizer: float = 0.01
    percentile: float = 99

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        from staintools.stain_extraction.macenko_stain_extractor import MacenkoStainExtractor

        # staintools writes into the image that it is given.
        return MacenkoStainExtractor.get_stain_matrix(
            image.copy(), self.luminosity_threshold, self.angular_percentile
        )


@dataclass(frozen=True)
class VahadaneStaintools(SeparationEngine):
    """Vahadane et al. 2016 by staintools itself: the reference, which stops by the clock.

    Its dictionary learning runs for one second, so its pictures differ a little from run to run.
    Its settings are fixed; they stand here for the report.
    """

    name: ClassVar[str] = "vahadane_staintools"
    luminosity_threshold: ClassVar[float] = 0.8
    concentration_regularizer: ClassVar[float] = 0.01
    percentile: ClassVar[float] = 99

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        from staintools.stain_extraction.vahadane_stain_extractor import VahadaneStainExtractor

        # Where it finds one stain alone it divides by zero; the caller asks whether all is finite.
        with np.errstate(invalid="ignore"):
            return VahadaneStainExtractor.get_stain_matrix(image.copy())

    def _recolor(
        self, image: np.ndarray, separated: Separated, statistics: Mapping[str, list]
    ) -> np.ndarray:
        import staintools

        normalizer = staintools.StainNormalizer(method="vahadane")
        normalizer.extractor = _Known(separated.report.stain_matrix)
        normalizer.stain_matrix_target = np.array(statistics["stain_matrix"])
        normalizer.maxC_target = np.array([statistics["maximum_concentrations"]])
        return normalizer.transform(image.copy())


@dataclass(frozen=True)
class _Known:
    """A staintools extractor that knows the answer, so that it is learned once an image."""

    stain_matrix: np.ndarray

    def get_stain_matrix(self, image: np.ndarray) -> np.ndarray:
        return self.stain_matrix


@dataclass(frozen=True)
class Reinhard:
    """Reinhard et al. 2001: matches mean and deviation of the CIE Lab channels.

    A channel that is constant has no deviation to match: such an image passes through.
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
        import staintools

        report = self._report(image)
        if not report.usable:
            return image.copy(), report
        normalizer = staintools.ReinhardColorNormalizer()
        normalizer.target_means = statistics["means"]
        normalizer.target_stds = statistics["deviations"]
        return normalizer.transform(image), report

    def _report(self, image: np.ndarray) -> StainReport:
        report = look(self.name, count_colors(image), self.luminosity_threshold)
        _, deviations = _lab_moments(image)
        if report.usable and deviations.min() == 0:
            return replace(report, flag=SINGLE_STAIN)
        return report


def _lab_moments(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of the three Lab channels, as staintools takes them."""
    import staintools

    means, deviations = staintools.ReinhardColorNormalizer().get_mean_std(image)
    return np.ravel(means), np.ravel(deviations)
