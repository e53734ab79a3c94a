"""Outlines of many nuclei as flat arrays."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from nucleibench.slides.ranges import expand, offsets_of


@dataclass(frozen=True)
class Outlines:
    """Closed outlines of nuclei, laid out as GeoArrow lays out MultiPolygons.

    A nucleus has parts, most often one. A part has rings: one around it, then one around each of
    its holes. A ring has vertices, of which the last repeats the first. The ring around a part has
    a positive area in (x, y), those around holes a negative one (RFC 7946).

    Attributes:
        vertices: (x, y) in full-resolution pixels, of shape (n, 2); (0, 0) is the top left corner
            of the first pixel. int32 where outlines follow the edges of pixels, float64 else.
        rings: where each ring begins in ``vertices``, and the end; int64 (rings + 1,).
        parts: where each part begins among the rings, and the end; int64 (parts + 1,).
        nuclei: where each nucleus begins among the parts, and the end; int64 (nuclei + 1,).
    """

    vertices: np.ndarray
    rings: np.ndarray
    parts: np.ndarray
    nuclei: np.ndarray

    def __len__(self) -> int:
        """Return how many nuclei there are."""
        return len(self.nuclei) - 1

    @property
    def part_offsets(self) -> np.ndarray:
        """Where the vertices of each part begin, and the end; int64 (parts + 1,)."""
        return self.rings[self.parts]

    @property
    def offsets(self) -> np.ndarray:
        """Where the vertices of each nucleus begin, and the end; int64 (nuclei + 1,)."""
        return self.part_offsets[self.nuclei]

    def shifted(self, x: float, y: float) -> "Outlines":
        """Return the outlines moved by whole or broken pixels."""
        moved = self.vertices + np.array([x, y], self.vertices.dtype)
        return Outlines(moved, self.rings, self.parts, self.nuclei)

    def select(self, chosen: np.ndarray) -> "Outlines":
        """Return the outlines of nuclei by their places, integers (m,)."""
        parts = expand(self.nuclei[chosen], self.nuclei[chosen + 1])[0]
        rings = expand(self.parts[parts], self.parts[parts + 1])[0]
        vertices = expand(self.rings[rings], self.rings[rings + 1])[0]
        return Outlines(
            self.vertices[vertices],
            offsets_of(np.diff(self.rings)[rings]),
            offsets_of(np.diff(self.parts)[parts]),
            offsets_of(np.diff(self.nuclei)[chosen]),
        )

    def geometries(self) -> np.ndarray:
        """Return a shapely MultiPolygon of each nucleus."""
        return shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON,
            self.vertices.astype(np.float64),
            (self.rings, self.parts, self.nuclei),
        )

    def coordinates(self) -> Iterator[list[list[list[list[Any]]]]]:
        """Yield the parts of one nucleus after another, as GeoJSON nests those of a MultiPolygon.

        Only one nucleus at a time is held as Python numbers.
        """
        rings, parts = self.rings.tolist(), self.parts.tolist()
        for first, last in pairwise(self.nuclei.tolist()):
            yield [
                [self.vertices[begin:end].tolist() for begin, end in pairwise(rings[own])]
                for own in (slice(parts[part], parts[part + 1] + 1) for part in range(first, last))
            ]


def nest(nuclei: Sequence[Sequence[Sequence[Any]]]) -> Outlines:
    """Return the outlines of nuclei given as lists of parts, a part as a list of closed rings.

    A ring is anything that NumPy makes (n, 2) numbers of.
    """
    parts = [part for nucleus in nuclei for part in nucleus]
    rings = [np.asarray(ring, np.float64).reshape(-1, 2) for part in parts for ring in part]
    return Outlines(
        np.concatenate([np.empty((0, 2)), *rings]),
        offsets_of([len(ring) for ring in rings]),
        offsets_of([len(part) for part in parts]),
        offsets_of([len(nucleus) for nucleus in nuclei]),
    )


def concatenate(outlines: Sequence[Outlines]) -> Outlines:
    """Return the outlines of several blocks as one."""
    levels = ("rings", "parts", "nuclei")
    lengths = (np.concatenate([np.diff(getattr(o, level)) for o in outlines]) for level in levels)
    return Outlines(np.concatenate([o.vertices for o in outlines]), *map(offsets_of, lengths))
