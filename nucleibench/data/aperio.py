"""Aperio ImageScope annotations (XML): outlines of regions in pixels."""

from dataclasses import dataclass
from io import BytesIO
from xml.sax import SAXException

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from nucleibench.errors import DataError


@dataclass(frozen=True)
class Regions:
    """Outlines in the order of the file.

    Attributes:
        ids: region ids as written in the file.
        vertices: float64 (n, 2), the (x, y) of all regions in pixels, one region after another.
        offsets: int64 (regions + 1,), where each region begins in ``vertices``, and the end.
    """

    ids: tuple[str, ...]
    vertices: np.ndarray
    offsets: np.ndarray


def read_regions(xml: bytes, name: str) -> Regions:
    """Read the regions of an Aperio annotation; ``name`` is how errors call it.

    Raises:
        DataError: ``xml`` is not well-formed, not an Aperio annotation, declares a document type
            or entities (which can expand without bound), or a vertex has no finite X and Y.
    """
    reader = _RegionReader()
    try:
        reader.parse(BytesIO(xml))
        regions = reader.regions()
    except DefusedXmlException as error:
        raise DataError(
            f"{name}: declares a document type or entities, which an Aperio annotation never needs "
            "and an attack does; nothing was read. Get the file from its official source"
        ) from error
    except (SAXException, LookupError, ValueError) as error:
        where = f"{name}: line {reader.getLineNumber()}"
        raise DataError(f"{where}: {_reason(error)}; restore the file") from error
    return _checked(regions, name)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"a Vertex without {error}"
    return error.getMessage() if isinstance(error, SAXException) else str(error)


def _checked(regions: Regions, name: str) -> Regions:
    if regions.offsets[0] != 0:
        raise DataError(f"{name}: has a Vertex outside of any Region; restore the file")
    bad = np.flatnonzero(~np.isfinite(regions.vertices).all(axis=1))
    if len(bad):
        region = regions.ids[np.searchsorted(regions.offsets, bad[0], side="right") - 1]
        raise DataError(f"{name}: region {region} has a vertex that is not finite; correct it")
    return regions


def drop_short_regions(regions: Regions) -> tuple[Regions, tuple[str, ...]]:
    """Leave out regions of fewer than three vertices, which enclose nothing.

    Returns:
        The other regions, and the ids of those left out.
    """
    lengths = np.diff(regions.offsets)
    keep = lengths >= 3
    kept = tuple(name for name, good in zip(regions.ids, keep, strict=True) if good)
    dropped = tuple(name for name, good in zip(regions.ids, keep, strict=True) if not good)
    offsets = np.concatenate([[0], np.cumsum(lengths[keep])])
    return Regions(kept, regions.vertices[np.repeat(keep, lengths)], offsets), dropped


class _RegionReader(DefusedExpatParser):
    """Collects regions straight from expat's events: tens of thousands of vertices a file."""

    def __init__(self) -> None:
        super().__init__(forbid_dtd=True)
        self._ids: list[str] = []
        self._starts: list[int] = []
        self._coordinates: list[float] = []
        self._is_aperio = False

    def reset(self) -> None:
        super().reset()
        # Only openings of elements matter; without the other events reading is a third faster.
        self._parser.EndElementHandler = None
        self._parser.CharacterDataHandler = None

    def start_element(self, name: str, attrs: dict[str, str]) -> None:
        if name == "Vertex":
            self._coordinates.append(float(attrs["X"]))
            self._coordinates.append(float(attrs["Y"]))
        elif name == "Region":
            self._ids.append(attrs.get("Id", str(len(self._ids) + 1)))
            self._starts.append(len(self._coordinates) // 2)
        elif name == "Annotations":
            self._is_aperio = True

    def regions(self) -> Regions:
        if not self._is_aperio:
            raise SAXException("not an Aperio annotation, which begins with <Annotations>")
        vertices = np.array(self._coordinates, float).reshape(-1, 2)
        return Regions(tuple(self._ids), vertices, np.array([*self._starts, len(vertices)]))
