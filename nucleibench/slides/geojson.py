"""Nuclei as GeoJSON that QuPath opens, written one after another."""

import gzip
import io
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from nucleibench.files import atomic_path
from nucleibench.slides.measurements import MEASUREMENTS
from nucleibench.slides.nuclei import Nuclei
from nucleibench.slides.outlines import Outlines
from nucleibench.slides.simplify import simplify_outlines

PIXEL_DECIMALS, MEASUREMENT_DECIMALS = 2, 4

# Part of every identifier: the same nucleus of the same image has the same one in each run.
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "nucleibench.nucleus")


def write_geojson(
    path: str | Path,
    image: str,
    blocks: Iterable[Nuclei],
    *,
    simplified: bool = False,
    classification: str | None = None,
) -> int:
    """Write nuclei as a FeatureCollection of detections, atomically; return how many.

    A feature is one line. Memory does not grow with the number of blocks.

    Args:
        path: ends in ``.geojson``, or in ``.geojson.gz`` to be compressed.
        image: name of the image's file; with the number of a nucleus it makes its ``id``.
        blocks: nuclei with their measurements.
        simplified: write outlines with fewer vertices, within half a pixel of the exact ones.
        classification: the class that all nuclei get in QuPath.
    """
    properties: dict[str, Any] = {"objectType": "detection"}
    if classification is not None:
        properties["classification"] = {"name": classification}
    count = 0
    with atomic_path(path) as temporary, _open_text(temporary) as stream:
        stream.write('{"type":"FeatureCollection","features":[')
        for block in blocks:
            outlines = simplify_outlines(block.outlines) if simplified else block.outlines
            for feature in _features(block, outlines, image, properties):
                stream.write((",\n" if count else "\n") + feature)
                count += 1
        stream.write("\n]}\n")
    return count


def _features(
    block: Nuclei, outlines: Outlines, image: str, properties: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the features of a block as JSON, one at a time.

    Python writes lists of numbers as JSON does, but for the blanks, and much faster.
    """
    rounded = Outlines(
        outlines.vertices.round(PIXEL_DECIMALS), outlines.rings, outlines.parts, outlines.nuclei
    )
    same = _dump(properties).removesuffix("}")
    nuclei = zip(block.numbers.tolist(), rounded.coordinates(), _measured(block), strict=True)
    for number, parts, measurements in nuclei:
        name = uuid.uuid5(_NAMESPACE, f"{image}/{number}")
        yield (
            f'{{"type":"Feature","id":"{name}","geometry":{_geometry(parts)},'
            f'"properties":{same},"measurements":{measurements}}}}}'
        )


def _geometry(parts: list[Any]) -> str:
    kind, nested = ("Polygon", parts[0]) if len(parts) == 1 else ("MultiPolygon", parts)
    return f'{{"type":"{kind}","coordinates":{str(nested).replace(" ", "")}}}'


def _measured(block: Nuclei) -> Iterator[str]:
    """Yield the measurements of each nucleus under QuPath's names, as JSON."""
    names = {
        column: name
        for column, entry in MEASUREMENTS.items()
        if column in block.table and (name := entry.qupath)
    }
    pattern = ",".join(f"{_dump(name)}:{{}}" for name in names.values())
    values = block.table[list(names)].round(MEASUREMENT_DECIMALS).to_numpy(float)
    for row in values.tolist():
        # QuPath reads the text "NaN"; JSON has no such number.
        known = (value if value == value else '"NaN"' for value in row)
        yield f"{{{pattern.format(*known)}}}"


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@contextmanager
def _open_text(path: Path) -> Iterator[TextIO]:
    """Open a new text file; where its name ends in ``.gz``, compressed without name and time."""
    if path.suffix != ".gz":
        with open(path, "w", encoding="utf-8") as stream:
            yield stream
        return
    with (
        open(path, "wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0, compresslevel=6) as packed,
        io.TextIOWrapper(packed, encoding="utf-8") as stream,
    ):
        yield stream
