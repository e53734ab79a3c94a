"""What is measured of each nucleus: one registry, from which all tables and files are made.

To add a measurement is one entry here. Lengths are in micrometres. Places are in the coordinates of
the outlines: the top left corner of the first pixel is (0, 0), its centre (0.5, 0.5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from nucleibench.slides.regions import Regions

NUMBER = "nucleus"
"""Column of the number of a nucleus in its image, which is its label in the label map."""

NEIGHBOURHOOD_UM = 50
"""Radius within which neighbours are counted."""

Source = TypeVar("Source")


class Neighbourhood:
    """The centroids of all nuclei of an image."""

    def __init__(self, places: np.ndarray, workers: int = 1) -> None:
        """Take centroids (x, y) in micrometres, float64 (n, 2), and how many threads may search."""
        self.places, self.workers = places, workers

    @cached_property
    def tree(self) -> cKDTree:
        """The centroids, ready for searches."""
        return cKDTree(self.places)

    def nearest(self) -> np.ndarray:
        """Return the distance to the nearest other centroid, NaN where there is no other."""
        distance = self.tree.query(self.places, k=[2], workers=self.workers)[0][:, 0]
        return np.where(np.isfinite(distance), distance, np.nan)

    def count(self, radius: float) -> np.ndarray:
        """Return how many other centroids lie within ``radius`` micrometres."""
        found = self.tree.query_ball_point(
            self.places, radius, return_length=True, workers=self.workers
        )
        return found - 1


@dataclass(frozen=True)
class Measurement(Generic[Source]):
    """Something measured of each nucleus.

    Attributes:
        meaning: for the documentation.
        qupath: its name in QuPath's files, QuPath's own where it has one; None where QuPath
            knows it from the outline.
        of: from a block, or from all centroids, to a value of each nucleus.
        whole: whether it is a whole number.
    """

    meaning: str
    qupath: str | None
    of: Callable[[Source], np.ndarray]
    whole: bool = False


def _circularity(regions: Regions) -> np.ndarray:
    return np.minimum(4 * np.pi * regions.area / regions.perimeter**2, 1)


def _eccentricity(regions: Regions) -> np.ndarray:
    major, minor = regions.axes
    ratio = np.divide(minor, major, out=np.ones_like(major), where=major > 0)
    return np.sqrt(1 - ratio**2)


def _orientation(regions: Regions) -> np.ndarray:
    moments = regions.moments
    return np.arctan2(2 * moments.xy, moments.yy - moments.xx) / 2


OF_REGIONS: Mapping[str, Measurement[Regions]] = {
    "certainty": Measurement(
        "mean probability of its pixels, as the network gives it",
        "Detection probability",
        lambda r: r.certainty,
    ),
    "x_px": Measurement("centroid, in pixels from the left", None, lambda r: r.moments.x),
    "y_px": Measurement("centroid, in pixels from the top", None, lambda r: r.moments.y),
    "x_um": Measurement("centroid from the left", None, lambda r: r.moments.x * r.pixel_size),
    "y_um": Measurement("centroid from the top", None, lambda r: r.moments.y * r.pixel_size),
    "area_um2": Measurement("area of its pixels", "Area µm^2", lambda r: r.area * r.pixel_size**2),
    "perimeter_um": Measurement(
        "perimeter by Crofton's formula in four directions",
        "Length µm",
        lambda r: r.perimeter * r.pixel_size,
    ),
    "circularity": Measurement("4 π area / perimeter², at most 1", "Circularity", _circularity),
    "solidity": Measurement(
        "area / area of the convex hull of the middles of its pixels' edges, at most 1",
        "Solidity",
        lambda r: np.minimum(r.area / r.hulls.area, 1),
    ),
    "max_diameter_um": Measurement(
        "greatest caliper diameter of that hull",
        "Max diameter µm",
        lambda r: r.hulls.diameters[1] * r.pixel_size,
    ),
    "min_diameter_um": Measurement(
        "least caliper diameter of that hull",
        "Min diameter µm",
        lambda r: r.hulls.diameters[0] * r.pixel_size,
    ),
    "major_axis_um": Measurement(
        "major axis of the ellipse with the same second moments",
        "Major axis µm",
        lambda r: r.axes[0] * r.pixel_size,
    ),
    "minor_axis_um": Measurement(
        "minor axis of that ellipse", "Minor axis µm", lambda r: r.axes[1] * r.pixel_size
    ),
    "eccentricity": Measurement(
        "eccentricity of that ellipse: 0 = circle, to 1 = line",
        "Nucleus: Eccentricity",
        _eccentricity,
    ),
    "orientation_rad": Measurement(
        "angle from the image's upright to the major axis, anticlockwise, -π/2 to π/2",
        "Orientation rad",
        _orientation,
    ),
    "hematoxylin_od_mean": Measurement(
        "mean optical density of hematoxylin, to the base of 10",
        "Nucleus: Hematoxylin OD mean",
        lambda r: r.densities.mean[0],
    ),
    "hematoxylin_od_sd": Measurement(
        "its standard deviation over the pixels",
        "Nucleus: Hematoxylin OD std dev",
        lambda r: r.densities.deviation[0],
    ),
    "eosin_od_mean": Measurement(
        "mean optical density of eosin, to the base of 10",
        "Nucleus: Eosin OD mean",
        lambda r: r.densities.mean[1],
    ),
    "eosin_od_sd": Measurement(
        "its standard deviation over the pixels",
        "Nucleus: Eosin OD std dev",
        lambda r: r.densities.deviation[1],
    ),
}

OF_NEIGHBOURHOOD: Mapping[str, Measurement[Neighbourhood]] = {
    "nearest_um": Measurement(
        "distance to the nearest other centroid; none where there is no other",
        "Nearest nucleus µm",
        lambda n: n.nearest(),
    ),
    f"neighbours_{NEIGHBOURHOOD_UM}um": Measurement(
        f"other centroids within {NEIGHBOURHOOD_UM} µm",
        f"Nuclei within {NEIGHBOURHOOD_UM} µm",
        lambda n: n.count(NEIGHBOURHOOD_UM),
        whole=True,
    ),
}

MEASUREMENTS: Mapping[str, Measurement] = {**OF_REGIONS, **OF_NEIGHBOURHOOD}
"""All measurements by the names of their columns, in the order of the columns."""


def measure(regions: Regions) -> pd.DataFrame:
    """Measure the nuclei of a block: a row each, with ``nucleus`` and the columns OF_REGIONS."""
    if not len(regions):
        return pd.DataFrame({NUMBER: regions.numbers}).reindex(columns=[NUMBER, *OF_REGIONS])
    columns = {column: entry.of(regions) for column, entry in OF_REGIONS.items()}
    return pd.DataFrame({NUMBER: regions.numbers, **columns})


def measure_neighbourhood(neighbourhood: Neighbourhood) -> pd.DataFrame:
    """Measure the nuclei of a whole image: a row each, with the columns OF_NEIGHBOURHOOD."""
    if not len(neighbourhood.places):
        return pd.DataFrame(columns=list(OF_NEIGHBOURHOOD), dtype=float)
    return pd.DataFrame({name: entry.of(neighbourhood) for name, entry in OF_NEIGHBOURHOOD.items()})
