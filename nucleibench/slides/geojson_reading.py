"""Outlines of nuclei from GeoJSON, as QuPath and others write it."""

import gzip
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from nucleibench.errors import DataError
from nucleibench.slides.json_stream import read_features
from nucleibench.slides.outlines import Outlines, concatenate, nest

OBJECT_TYPES = ("detection", "annotation", "cell")
"""What nuclei can be in QuPath."""

BATCH = 10_000
"""Nuclei held as Python objects at a time."""

GZIP_MAGIC = b"\x1f\x8b"

PARTS_OF: Mapping[str, Callable[[Any], Any]] = {
    "Polygon": lambda coordinates: [coordinates],
    "MultiPolygon": lambda coordinates: coordinates,
}
"""Types of geometries that can be a nucleus, and how to get its parts from the coordinates."""


def read_geojson(path: str | Path, object_types: Collection[str] = OBJECT_TYPES) -> Outlines:
    """Read the outlines of nuclei from a file of GeoJSON, compressed or not.

    It holds a FeatureCollection, an array of features or one feature. Of a cell, the outline of its
    nucleus counts. A feature without ``objectType`` is an annotation, as it is to QuPath.

    Args:
        path: the file.
        object_types: which objects are nuclei; others are passed over.

    Returns:
        Outlines with float64 vertices, in the order of the file. Rings that were open are closed.

    Raises:
        DataError: the file is damaged; a nucleus is no polygon; or there are annotations beside
            detections or cells, and either may be the nuclei.
    """
    path, counts = Path(path), Counter[str]()
    with open(path, "rb") as file:
        packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    with (gzip.open if packed else open)(path, "rt", encoding="utf-8-sig") as stream:
        nuclei = _nuclei(path, stream, object_types, counts)
        batches = [nest(batch) for batch in iter(lambda: list(islice(nuclei, BATCH)), [])]
    _check_types(path, {kind: counts[kind] for kind in object_types if counts[kind]})
    return concatenate([nest([]), *batches])


def _nuclei(
    path: Path, stream: TextIO, object_types: Collection[str], counts: Counter[str]
) -> Iterator[list[list[np.ndarray]]]:
    """Yield the parts of each nucleus, and count features by their types."""
    number = 0
    try:
        for number, feature in enumerate(read_features(stream), start=1):  # noqa: B007
            kind = _object_type(feature)
            counts[kind] += 1
            if kind in object_types:
                yield _parts(feature, kind)
    except (ValueError, EOFError, RecursionError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path}: cannot be read at or behind feature {number}: {error}; "
            "export the nuclei again as GeoJSON, as polygons"
        ) from error


def _object_type(feature: Any) -> str:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise ValueError("this is not a Feature")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise ValueError("its properties are no object")
    return str(properties.get("objectType", "annotation"))


def _parts(feature: dict[str, Any], kind: str) -> list[list[np.ndarray]]:
    """Return the rings of each part of a nucleus."""
    geometry = feature.get("nucleusGeometry" if kind == "cell" else "geometry")
    if not isinstance(geometry, dict):
        raise ValueError(f"this {kind} has no outline of a nucleus")
    if (name := str(geometry.get("type"))) not in PARTS_OF:
        raise ValueError(f"this is a {name}, but nuclei are one of {', '.join(PARTS_OF)}")
    parts = PARTS_OF[name](geometry.get("coordinates"))
    if not isinstance(parts, list) or not all(isinstance(part, list) and part for part in parts):
        raise ValueError("its coordinates are not those of a polygon")
    return [[_closed_ring(ring) for ring in part] for part in parts]


def _closed_ring(positions: Any) -> np.ndarray:
    """Return a ring as float64 (n, 2), of which the last vertex repeats the first."""
    try:
        ring = np.asarray(positions, np.float64)
    except TypeError as error:
        raise ValueError(f"its coordinates are no numbers ({error})") from error
    if ring.ndim != 2 or ring.shape[1] < 2 or not np.isfinite(ring).all():
        raise ValueError("its coordinates are not pairs of numbers")
    ring = ring[:, :2]
    closed = ring if np.array_equal(ring[0], ring[-1]) else np.concatenate([ring, ring[:1]])
    if len(closed) < 4:
        raise ValueError("a ring has fewer than three vertices")
    return closed


def _check_types(path: Path, counts: Mapping[str, int]) -> None:
    """Raise DataError where it is not certain which objects are the nuclei."""
    if "annotation" in counts and len(counts) > 1:
        found = ", ".join(f"{count} of type {kind}" for kind, count in counts.items())
        raise DataError(
            f"{path}: has objects {found}; say which of them are the nuclei (object_types)"
        )
