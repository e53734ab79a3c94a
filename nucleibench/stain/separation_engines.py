"""Engines that separate hematoxylin from eosin and recompose them with the target's stains.

Vahadane et al. 2016 and Macenko et al. 2009 differ in how they find the stain vectors alone. Then
the concentrations are solved, scaled until their 99th percentiles are the target's, and composed
with the target's vectors, all once per distinct colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nucleibench.stain import separation
from nucleibench.stain.colors import ColorTable, count_colors, replace_colors
from nucleibench.stain.report import SINGLE_STAIN, StainReport, judge, look
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
        report = look(self.name, table, self.luminosity_threshold)
        if not report.usable:
            return report
        tissue = table.tissue(self.luminosity_threshold)
        stains = self._find_stains(image, tissue)
        if not np.isfinite(stains).all():
            return replace(report, flag=SINGLE_STAIN)
        maxima = self._find_maxima(table.without_black(), stains)
        unexplained = separation.unexplained_share(
            tissue.densities, tissue.counts, self._separate(tissue, stains), stains
        )
        return replace(
            report,
            flag=judge(stains, maxima, unexplained),
            stain_matrix=stains,
            maximum_concentrations=maxima,
            unexplained=unexplained,
        )

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
