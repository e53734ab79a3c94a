"""Engines that separate hematoxylin from eosin and recompose them with the target's stains.

Vahadane et al. 2016 and Macenko et al. 2009 differ in how they find the stain vectors alone. Then
the concentrations are solved, scaled until their 99th percentiles are the target's, and composed
with the target's vectors, all once per distinct colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import staintools
from staintools.stain_extraction.macenko_stain_extractor import MacenkoStainExtractor
from staintools.stain_extraction.vahadane_stain_extractor import VahadaneStainExtractor

from nucleibench.stain import separation
from nucleibench.stain.colors import ColorTable, count_colors, replace_colors
from nucleibench.stain.report import MINIMUM_TISSUE_PIXELS, NO_TISSUE, StainReport, judge
from nucleibench.stain.vahadane import learn_stain_matrix


class SeparationEngine:
    """The common flow; a subclass says how stain vectors are found.

    Attributes:
        name: the engine's name in reports.
        luminosity_threshold: lightness (0 to 1) below which a pixel is tissue.
        concentration_regularizer: weight of the sum in the LASSO for the concentrations.
        percentile: percentile of the concentrations that is matched to the target's.
    """

    name: ClassVar[str]
    luminosity_threshold: float
    concentration_regularizer: float
    percentile: float

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainReport]:
        """See Engine."""
        report = self._measure(image, count_colors(image))
        if not report.usable:
            return {}, report
        return {
            "stain_matrix": report.stain_matrix.tolist(),
            "maximum_concentrations": report.maximum_concentrations.tolist(),
        }, report

    def transform(
        self, image: np.ndarray, statistics: Mapping[str, list]
    ) -> tuple[np.ndarray, StainReport]:
        """See Engine."""
        table = count_colors(image)
        report = self._measure(image, table)
        if not report.usable:
            return image.copy(), report
        return self._recolor(image, table, report, statistics), report

    def _recolor(
        self,
        image: np.ndarray,
        table: ColorTable,
        report: StainReport,
        statistics: Mapping[str, list],
    ) -> np.ndarray:
        ratio = np.array(statistics["maximum_concentrations"]) / report.maximum_concentrations
        concentrations = self._separate(table, report.stain_matrix) * ratio[:, None]
        stains = np.array(statistics["stain_matrix"])
        return replace_colors(image, table, separation.compose_colors(concentrations, stains))

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        raise NotImplementedError

    def _separate(self, table: ColorTable, stain_matrix: np.ndarray) -> np.ndarray:
        return separation.solve_concentrations(
            table.densities, stain_matrix, self.concentration_regularizer
        )

    def _measure(self, image: np.ndarray, table: ColorTable) -> StainReport:
        tissue = table.tissue(self.luminosity_threshold)
        pixels = tissue.counts.sum()
        fraction = pixels / table.counts.sum()
        if pixels < MINIMUM_TISSUE_PIXELS:
            return StainReport(self.name, NO_TISSUE, fraction)
        stains = self._find_stains(image, tissue)
        maxima = self._find_maxima(table.without_black(), stains)
        unexplained = separation.unexplained_share(
            tissue.densities, tissue.counts, self._separate(tissue, stains), stains
        )
        flag = judge(stains, maxima, unexplained)
        return StainReport(self.name, flag, fraction, stains, maxima, unexplained)

    def _find_maxima(self, table: ColorTable, stains: np.ndarray) -> np.ndarray:
        return np.array(
            [
                separation.weighted_percentile(values, table.counts, self.percentile)
                for values in self._separate(table, stains)
            ]
        )


@dataclass(frozen=True)
class Vahadane(SeparationEngine):
    """Vahadane et al. 2016, deterministic: the objective of staintools, minimised to its end.

    ``dictionary_regularizer`` weighs the concentrations' sum while the stains are learned.
    """

    name: ClassVar[str] = "vahadane"
    luminosity_threshold: float = 0.8
    dictionary_regularizer: float = 0.1
    concentration_regularizer: float = 0.01
    percentile: float = 99

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        return learn_stain_matrix(tissue, self.dictionary_regularizer)


@dataclass(frozen=True)
class Macenko(SeparationEngine):
    """Macenko et al. 2009: staintools finds the stain vectors, black borders included."""

    name: ClassVar[str] = "macenko"
    luminosity_threshold: float = 0.8
    angular_percentile: float = 99
    concentration_regularizer: float = 0.01
    percentile: float = 99

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        return MacenkoStainExtractor.get_stain_matrix(
            image.copy(), self.luminosity_threshold, self.angular_percentile
        )


@dataclass(frozen=True)
class VahadaneStaintools(SeparationEngine):
    """Vahadane et al. 2016 by staintools itself: the reference, which stops by the clock.

    Its dictionary learning runs for one second, so its pictures differ a little from run to run.
    staintools fixes all settings; they stand here for the report.
    """

    name: ClassVar[str] = "vahadane_staintools"
    luminosity_threshold: ClassVar[float] = 0.8
    concentration_regularizer: ClassVar[float] = 0.01
    percentile: ClassVar[float] = 99

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        # staintools writes into the image that it is given.
        return VahadaneStainExtractor.get_stain_matrix(image.copy())

    def _recolor(
        self,
        image: np.ndarray,
        table: ColorTable,
        report: StainReport,
        statistics: Mapping[str, list],
    ) -> np.ndarray:
        normalizer = staintools.StainNormalizer(method="vahadane")
        normalizer.extractor = _Known(report.stain_matrix)
        normalizer.stain_matrix_target = np.array(statistics["stain_matrix"])
        normalizer.maxC_target = np.array([statistics["maximum_concentrations"]])
        return normalizer.transform(image.copy())


@dataclass(frozen=True)
class _Known:
    """A staintools extractor that knows the answer, so that it is learned once an image."""

    stain_matrix: np.ndarray

    def get_stain_matrix(self, image: np.ndarray) -> np.ndarray:
        return self.stain_matrix
