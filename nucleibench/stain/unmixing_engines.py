"""Engines that unmix hematoxylin and eosin and recompose them with the reference's stains.

Vahadane et al. 2016 and Macenko et al. 2009 differ only in how they find the stain vectors. Then
the concentrations are solved, scaled until their 99th percentiles are the reference's, and composed
with the reference's vectors, all once per distinct colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nucleibench.stain.colors import ColorTable, count_colors, index_colors, paint
from nucleibench.stain.findings import SINGLE_STAIN, StainFindings, look
from nucleibench.stain.unmixing import (
    compose_colors,
    solve_concentrations,
    unexplained_share,
    weighted_percentile,
)
from nucleibench.stain.vahadane import learn_stain_matrix


class UnmixingEngine:
    """The common flow; a subclass says how stain vectors are found.

    Attributes:
        name: the engine's name in the findings.
        luminosity_threshold: lightness (0 to 1) below which a pixel is tissue.
        concentration_regularizer: weight of the sum in the LASSO for the concentrations.
        percentile: percentile of the concentrations that is matched to the reference's.
    """

    name: ClassVar[str]
    luminosity_threshold: float
    concentration_regularizer: float
    percentile: float

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        """See Engine."""
        findings = self._measure(image, count_colors(image))
        return _statistics(findings), findings

    def recolor(
        self, image: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """See Engine."""
        table, places = index_colors(image)
        return paint(image.shape[:2], table, places, self._restain(table, own, reference))

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """See Engine."""
        table, places = index_colors(image)
        findings = self._measure(image, table)
        if not findings.usable:
            return image.copy(), findings
        colors = self._restain(table, _statistics(findings), reference)
        return paint(image.shape[:2], table, places, colors), findings

    def _restain(
        self, table: ColorTable, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """Return the colours (n, 3) of a table with the reference's stains."""
        concentrations = solve_concentrations(
            table.densities, np.array(own["stain_matrix"]), self.concentration_regularizer
        )
        maxima, own_maxima = (
            np.array(statistics["maximum_concentrations"]) for statistics in (reference, own)
        )
        scaled = concentrations * (maxima / own_maxima)[:, None]
        return compose_colors(scaled, np.array(reference["stain_matrix"]))

    def _find_stains(self, image: np.ndarray, table: ColorTable) -> np.ndarray:
        """Return the stain matrix (2, 3) of an image, whose colours are in the table.

        It is not finite where no two stains can be found.
        """
        raise NotImplementedError

    def _measure(self, image: np.ndarray, table: ColorTable) -> StainFindings:
        findings = look(self.name, table, self.luminosity_threshold)
        if not findings.usable:
            return findings
        stains = self._find_stains(image, table)
        if not np.isfinite(stains).all():
            return replace(findings, flag=SINGLE_STAIN)
        concentrations = solve_concentrations(
            table.densities, stains, self.concentration_regularizer
        )
        maxima = self._find_maxima(table, concentrations)
        tissue = table.counts * table.is_tissue(self.luminosity_threshold)
        unexplained = unexplained_share(table.densities, tissue, concentrations, stains)
        return findings.with_stains(stains, maxima, unexplained)

    def _find_maxima(self, table: ColorTable, concentrations: np.ndarray) -> np.ndarray:
        seen = ~table.is_black()
        return np.array(
            [
                weighted_percentile(values[seen], table.counts[seen], self.percentile)
                for values in concentrations
            ]
        )


def _statistics(findings: StainFindings) -> dict[str, list]:
    """Return what recolouring needs of the findings, none where they are not usable."""
    if not findings.usable:
        return {}
    return {
        "stain_matrix": np.asarray(findings.stain_matrix).tolist(),
        "maximum_concentrations": np.asarray(findings.maximum_concentrations).tolist(),
    }


@dataclass(frozen=True)
class Vahadane(UnmixingEngine):
    """Vahadane et al. 2016, deterministic: the objective of staintools, minimised to its end.

    ``dictionary_regularizer`` weighs the concentrations' sum while the stains are learned.
    """

    name: ClassVar[str] = "vahadane"
    luminosity_threshold: float = 0.8
    dictionary_regularizer: float = 0.1
    concentration_regularizer: float = 0.01
    percentile: float = 99

    def _find_stains(self, image: np.ndarray, table: ColorTable) -> np.ndarray:
        tissue = table.select(table.is_tissue(self.luminosity_threshold))
        return learn_stain_matrix(tissue, self.dictionary_regularizer)
