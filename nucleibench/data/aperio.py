"""Aperio ImageScope annotations (XML): outlines of regions in pixels, layer by layer."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from xml.sax import SAXException

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from nucleibench.data.annotations import Annotation, ImageFacts
from nucleibench.data.drawing import draw_regions
from nucleibench.data.holes import attach_holes
from nucleibench.data.regions import OUTER, Regions, drop_short_regions
from nucleibench.data.samples import name_some
from nucleibench.errors import DataError

__all__ = ["drop_short_regions", "encode_regions", "read_annotation", "read_regions"]

ELLIPSE_VERTICES = 64

FREEHAND = "0"


def _rectangle(vertices: np.ndarray) -> np.ndarray:
    """Return the corners of a rectangle that is given by two of them, or as it is."""
    if len(vertices) != 2:
        return vertices
    (left, top), (right, bottom) = vertices
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def _ellipse(vertices: np.ndarray) -> np.ndarray:
    """Return the outline of an ellipse that is given by the box around it, or as it is."""
    if len(vertices) not in (2, 4):
        return vertices
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    angle = np.linspace(0, 2 * np.pi, ELLIPSE_VERTICES, endpoint=False)
    circle = np.column_stack([np.cos(angle), np.sin(angle)])
    return (low + high) / 2 + circle * (high - low) / 2


OUTLINES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    FREEHAND: lambda vertices: vertices,
    "1": _rectangle,
    "2": _ellipse,
}
"""Vertices in the file -> vertices around the region, by type of region."""

MARKS = {"3": "an arrow", "4": "a ruler"}
"""Types that enclose nothing."""


@dataclass(frozen=True)
class Drawn:
    """What a file holds.

    Attributes:
        regions: each of one ring, with the vertices in the file.
        types: code of ImageScope for what each of them is.
        negative: whether it is a hole, bool (regions,).
    """

    regions: Regions
    types: tuple[str, ...]
    negative: np.ndarray

    def select(self, keep: np.ndarray) -> "Drawn":
        """Return those for which ``keep``, bool (regions,), is true."""
        types = tuple(kind for kind, kept in zip(self.types, keep, strict=True) if kept)
        return Drawn(self.regions.select(keep), types, self.negative[keep])


def read_annotation(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read an Aperio annotation: regions of all layers, and holes (``NegativeROA="1"``) in them.

    Raises:
        DataError: as for :func:`read_regions`, or the regions do not fit the image.
    """
    drawn, notes = _outline(_read(content, where))
    regions, lost = attach_holes(drawn.regions, drawn.negative)
    if lost:
        notes += (f"{name_some(lost)}: negative, but in no other region; left out",)
    annotation = draw_regions(regions, where, image)
    return replace(annotation, notes=notes + annotation.notes)


def read_regions(xml: bytes, name: str) -> Regions:
    """Read the regions of an Aperio annotation, each with the vertices in the file.

    Args:
        xml: content of the file.
        name: how errors call it.

    Raises:
        DataError: ``xml`` is not well-formed, not an Aperio annotation, declares a document type
            or entities (which can expand without bound), or a vertex has no finite X and Y.
    """
    return _read(xml, name).regions


def _outline(drawn: Drawn) -> tuple[Drawn, tuple[str, ...]]:
    """Return the regions that enclose something, with their outlines, and notes on the others."""
    if set(drawn.types) <= {FREEHAND}:
        return _without_short(drawn)
    types = np.array(drawn.types)
    unknown = ~np.isin(types, [*OUTLINES, *MARKS])
    notes = _describe(drawn, unknown, "is of an unknown type, and taken for an outline")
    for kind, name in MARKS.items():
        notes += _describe(drawn, types == kind, f"is {name}, and skipped")
    outlined, short = _without_short(_with_outlines(drawn.select(~np.isin(types, list(MARKS)))))
    return outlined, notes + short


def _without_short(drawn: Drawn) -> tuple[Drawn, tuple[str, ...]]:
    short = np.diff(drawn.regions.offsets) < 3
    notes = _describe(drawn, short, "has fewer than three vertices and is skipped")
    return (drawn.select(~short) if short.any() else drawn), notes


def _describe(drawn: Drawn, odd: np.ndarray, what: str) -> tuple[str, ...]:
    return tuple(
        f"{drawn.regions.describe(index)} {what}" for index in np.flatnonzero(odd).tolist()
    )


def _with_outlines(drawn: Drawn) -> Drawn:
    regions = drawn.regions
    rings = [
        OUTLINES.get(kind, OUTLINES[FREEHAND])(regions.ring(ring))
        for ring, kind in enumerate(drawn.types)
    ]
    vertices = np.concatenate([*rings, np.empty((0, 2))])
    offsets = np.cumsum([0, *map(len, rings)])
    return replace(drawn, regions=replace(regions, vertices=vertices, offsets=offsets))


def _read(xml: bytes, name: str) -> Drawn:
    reader = _RegionReader()
    try:
        reader.parse(BytesIO(xml))
        drawn = reader.drawn()
    except DefusedXmlException as error:
        raise DataError(
            f"{name}: declares a document type or entities, which an Aperio annotation never needs "
            "and an attack does; nothing was read. Get the file from its official source"
        ) from error
    except (SAXException, LookupError, ValueError) as error:
        where = f"{name}: line {reader.getLineNumber()}"
        raise DataError(f"{where}: {_reason(error)}; restore the file") from error
    _check(drawn.regions, name)
    return drawn


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"a Vertex without {error}"
    return error.getMessage() if isinstance(error, SAXException) else str(error)


def _check(regions: Regions, name: str) -> None:
    if regions.offsets[0] != 0:
        raise DataError(f"{name}: has a Vertex outside of any Region; restore the file")
    bad = np.flatnonzero(~np.isfinite(regions.vertices).all(axis=1))
    if len(bad):
        region = int(np.searchsorted(regions.offsets, bad[0], side="right")) - 1
        where = f"{name}: {regions.describe(region)}"
        raise DataError(f"{where} has a vertex that is not finite; correct it")


def encode_regions(outlines: Iterable[np.ndarray]) -> bytes:
    """Return an Aperio annotation of outlines, each float (vertices, 2) of (x, y) in pixels."""
    regions = "\n".join(
        f'<Region Id="{number}" Type="0"><Vertices>{_encode_vertices(outline)}</Vertices></Region>'
        for number, outline in enumerate(outlines, 1)
    )
    return (
        '<Annotations MicronsPerPixel="0.25">\n<Annotation Id="1" Name="">\n<Regions>\n'
        f"{regions}\n</Regions>\n</Annotation>\n</Annotations>\n"
    ).encode()


def _encode_vertices(outline: np.ndarray) -> str:
    return "".join(f'<Vertex X="{x:.2f}" Y="{y:.2f}"/>' for x, y in outline)


class _RegionReader(DefusedExpatParser):
    """Collects regions straight from expat's events: tens of thousands of vertices a file."""

    def __init__(self) -> None:
        super().__init__(forbid_dtd=True)
        self._layer = ""
        self._ids: list[str] = []
        self._layers: list[str] = []
        self._types: list[str] = []
        self._negative: list[bool] = []
        self._starts: list[int] = []
        self._coordinates: list[float] = []
        self._is_aperio = False

    def reset(self) -> None:
        super().reset()
        # Only openings of elements matter; without the other events reading is a third faster.
        parser: Any = self
        parser._parser.EndElementHandler = None
        parser._parser.CharacterDataHandler = None

    def start_element(self, name: str, attrs: Mapping[str, str]) -> None:
        if name == "Vertex":
            self._coordinates.append(float(attrs["X"]))
            self._coordinates.append(float(attrs["Y"]))
        elif name == "Region":
            self._start_region(attrs)
        elif name == "Annotation":
            self._layer = " ".join(filter(None, (attrs.get("Id"), attrs.get("Name"))))
        elif name == "Annotations":
            self._is_aperio = True

    def _start_region(self, attrs: Mapping[str, str]) -> None:
        self._ids.append(attrs.get("Id", str(len(self._ids) + 1)))
        self._layers.append(self._layer)
        self._types.append(attrs.get("Type", FREEHAND))
        self._negative.append(attrs.get("NegativeROA", "0").lower() in ("1", "true"))
        self._starts.append(len(self._coordinates) // 2)

    def drawn(self) -> Drawn:
        if not self._is_aperio:
            raise SAXException("not an Aperio annotation, which begins with <Annotations>")
        vertices = np.array(self._coordinates, float).reshape(-1, 2)
        numbers = np.arange(len(self._ids))
        regions = Regions(
            tuple(self._ids),
            tuple(self._layers),
            vertices,
            np.array([*self._starts, len(vertices)]),
            numbers,
            np.full(len(numbers), OUTER),
        )
        return Drawn(regions, tuple(self._types), np.array(self._negative, bool))
