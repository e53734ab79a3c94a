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
from nucleibench.stain.colors import ColorTable, index_colors, paint
from nucleibench.stain.report import SINGLE_STAIN, StainReport, judge, look
from nucleibench.stain.vahadane import learn_stain_matrix


@dataclass(frozen=True)
class Separated:
    """One image, separated.

    Attributes:
        table: its colours.
        places: where they are; see index_colors.
        report: what was found.
        concentrations: of every colour, float64 of shape (2, n); None unless the report is usable.
    """

    table: ColorTable
    places: np.ndarray
    report: StainReport
    concentrations: np.ndarray | None = None


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
        report = self._separate(image).report
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
        separated = self._separate(image)
        if not separated.report.usable:
            return image.copy(), separated.report
        return self._recolor(image, separated, statistics), separated.report

    def _recolor(
        self, image: np.ndarray, separated: Separated, statistics: Mapping[str, list]
    ) -> np.ndarray:
        maxima = np.array(statistics["maximum_concentrations"])
        ratio = maxima / separated.report.maximum_concentrations
        colors = separation.compose_colors(
            separated.concentrations * ratio[:, None], np.array(statistics["stain_matrix"])
        )
        return paint(image.shape[:2], separated.table, separated.places, colors)

    def _find_stains(self, image: np.ndarray, tissue: ColorTable) -> np.ndarray:
        raise NotImplementedError

    def _separate(self, image: np.ndarray) -> Separated:
        table, places = index_colors(image)
        report = look(self.name, table, self.luminosity_threshold)
        if not report.usable:
            return Separated(table, places, report)
        tissue = table.is_tissue(self.luminosity_threshold)
        stains = self._find_stains(image, table.select(tissue))
        if not np.isfinite(stains).all():
            return Separated(table, places, replace(report, flag=SINGLE_STAIN))
        concentrations = separation.solve_concentrations(
            table.densities, stains, self.concentration_regularizer
        )
        maxima = self._find_maxima(table, concentrations)
        unexplained = separation.unexplained_share(
            table.densities, table.counts * tissue, concentrations, stains
        )
        report = replace(
            report,
            flag=judge(stains, maxima, unexplained),
            stain_matrix=stains,
            maximum_concentrations=maxima,
            unexplained=unexplained,
        )
        return Separated(table, places, report, concentrations)

    def _find_maxima(self, table: ColorTable, concentrations: np.ndarray) -> np.ndarray:
        seen = ~table.is_black()
        return np.array(
            [
                separation.weighted_percentile(values[seen], table.counts[seen], self.percentile)
                for values in concentrations
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
