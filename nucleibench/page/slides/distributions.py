"""How the features of nuclei are distributed: histograms, drawn as SVG by the page's template."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

BINS = 30
OUTSIDE = 0.005
"""Share of nuclei at either end that is not drawn, as single ones would squeeze all others."""

FEATURES: Mapping[str, tuple[str, str]] = {
    "area_um2": ("Area", "µm²"),
    "circularity": ("Circularity", ""),
    "solidity": ("Solidity", ""),
    "eccentricity": ("Eccentricity", ""),
    "max_diameter_um": ("Greatest diameter", "µm"),
    "hematoxylin_od_mean": ("Hematoxylin, mean", "OD"),
    "eosin_od_mean": ("Eosin, mean", "OD"),
    "nearest_um": ("Distance to the nearest", "µm"),
    "neighbours_50um": ("Neighbours within 50 µm", ""),
    "certainty": ("Certainty", ""),
}
"""Column -> its name and unit."""


@dataclass(frozen=True)
class Distribution:
    """A histogram of a feature.

    Attributes:
        name: of the feature.
        unit: of its values, empty for none.
        low: where the first bar begins.
        high: where the last bar ends.
        bars: height of each bar, of the highest, in [0, 1].
        quartiles: below which a quarter, half and three quarters of all nuclei lie.
    """

    name: str
    unit: str
    low: float
    high: float
    bars: tuple[float, ...]
    quartiles: tuple[float, float, float]

    @property
    def words(self) -> str:
        """The distribution in words."""
        first, median, third = (f"{value:.3g}" for value in self.quartiles)
        unit = f" {self.unit}" if self.unit else ""
        return f"{self.name}: median {median}{unit}, half of all from {first} to {third}{unit}"


def measure_distributions(nuclei: pd.DataFrame) -> list[Distribution]:
    """Return the distributions of those features that a table has, without missing values."""
    columns = {name: nuclei[name].dropna().to_numpy() for name in FEATURES if name in nuclei}
    return [_distribution(*FEATURES[name], of) for name, of in columns.items() if len(of)]


def _distribution(name: str, unit: str, values: np.ndarray) -> Distribution:
    low, high = np.quantile(values, [OUTSIDE, 1 - OUTSIDE])
    counts, edges = np.histogram(values, BINS, (low, high))
    bars = tuple((counts / max(1, counts.max())).tolist())
    first, median, third = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return Distribution(name, unit, float(edges[0]), float(edges[-1]), bars, (first, median, third))
