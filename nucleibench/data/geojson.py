"""Outlines in GeoJSON, as QuPath and this project write it.

Coordinates are pixels of the image in full resolution, and (0, 0) is the upper left corner of its
first pixel.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from nucleibench.data.annotations import Annotation, ImageFacts
from nucleibench.data.drawing import draw_regions
from nucleibench.data.json_files import parse_json
from nucleibench.data.regions import Regions, collect_regions
from nucleibench.data.samples import name_some
from nucleibench.errors import DataError

CENTRE = 0.5
"""Where the centre of the first pixel lies."""

IGNORED = "*"
"""End of the names of classes that QuPath does not count, such as ``Ignore*`` and ``Region*``."""

POLYGONS = {"Polygon": lambda coordinates: [coordinates], "MultiPolygon": lambda parts: parts}
"""Type of geometry -> its polygons, of its coordinates."""


class _Feature(NamedTuple):
    """A geometry, what messages call it, and its layer."""

    name: str
    layer: str
    geometry: Any


def read_annotation(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read the polygons of a GeoJSON file; of a cell of QuPath its nucleus.

    Raises:
        DataError: it is no GeoJSON, or does not fit the image.
    """
    regions, notes = read_regions(content, where)
    annotation = draw_regions(regions, where, image)
    return Annotation(annotation.labels, notes + annotation.notes)


def read_regions(content: bytes, where: str) -> tuple[Regions, tuple[str, ...]]:
    """Read the polygons of a GeoJSON file.

    Returns:
        Regions, in pixels from the centre of the first one; and notes on what was left out.

    Raises:
        DataError: it is no GeoJSON, or an outline is damaged.
    """
    found = list(_features(parse_json(content, where), where))
    features = [feature for feature in found if not feature.layer.endswith(IGNORED)]
    ignored = [f"{f.name} ({f.layer})" for f in found if f.layer.endswith(IGNORED)]
    types = [_type(feature, where) for feature in features]
    drawn = [f for f, kind in zip(features, types, strict=True) if kind in POLYGONS]
    polygons = [_polygons(feature, where) for feature in drawn]
    regions = collect_regions([f.name for f in drawn], [f.layer for f in drawn], polygons)
    named = (f"{f.name} ({kind})" for f, kind in zip(features, types, strict=True))
    others = [name for name, kind in zip(named, types, strict=True) if kind not in POLYGONS]
    left_out = {"no polygon": others, "of a class that QuPath ignores": ignored}
    notes = [f"{why}, left out: feature {name_some(of)}" for why, of in left_out.items() if of]
    return regions, tuple(notes)


def _features(value: Any, where: str) -> Iterator[_Feature]:
    """Yield the features of a collection, of a list, or of one feature or geometry alone."""
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        value = value.get("features")
    for number, feature in enumerate(value if isinstance(value, list) else [value], 1):
        if not isinstance(feature, dict):
            raise DataError(f"{where}: feature {number} is no object; export it again")
        if not isinstance(feature.get("properties") or {}, dict):
            raise DataError(f"{where}: feature {number} has no properties; export it again")
        yield _read_feature(feature, str(number))


def _read_feature(feature: dict[str, Any], number: str) -> _Feature:
    properties = feature.get("properties") or {}
    kind = properties.get("classification") or {}
    layer = kind.get("name") if isinstance(kind, dict) else kind
    # A cell of QuPath has two outlines; the other one is that of the cell.
    outline = "nucleusGeometry" if properties.get("objectType") == "cell" else "geometry"
    geometry = feature if "coordinates" in feature else feature.get(outline)
    return _Feature(number, str(layer or properties.get("objectType") or ""), geometry)


def _type(feature: _Feature, where: str) -> str:
    if not isinstance(feature.geometry, dict) or "type" not in feature.geometry:
        raise DataError(f"{where}: feature {feature.name} has no outline of a nucleus; export it")
    return str(feature.geometry["type"])


def _polygons(feature: _Feature, where: str) -> list[list[np.ndarray]]:
    """Return the polygons of a feature, each a list of its rings."""
    try:
        polygons = POLYGONS[feature.geometry["type"]](feature.geometry["coordinates"])
        return [[_ring(ring) for ring in polygon] for polygon in polygons]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(
            f"{where}: the outline of feature {feature.name} is damaged ({error}); export it again"
        ) from error


def _ring(positions: Sequence[Sequence[float]]) -> np.ndarray:
    """Return the vertices of a closed ring, float64 (vertices, 2), from the first pixel's centre.

    The last position repeats the first, and is left out.
    """
    vertices = _vertices(positions)
    if vertices.ndim != 2 or vertices.shape[1] != 2:
        raise ValueError("positions are not pairs of numbers")
    if not np.isfinite(vertices).all():
        raise ValueError("a position is not finite")
    closed = len(vertices) > 1 and vertices[0].tolist() == vertices[-1].tolist()
    return vertices[: len(vertices) - closed] - CENTRE


def _vertices(positions: Sequence[Sequence[float]]) -> np.ndarray:
    """Return the first two numbers of each position."""
    try:
        # Where all positions have as many numbers, as is usual.
        vertices = np.array(positions, float)
    except (TypeError, ValueError):
        vertices = np.empty(0)
    if vertices.ndim == 2 and vertices.shape[1] >= 2:
        return vertices[:, :2]
    return np.array([position[:2] for position in positions], float)
