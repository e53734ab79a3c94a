"""``{name}.json``: what was done with an image, with which network, and what came of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nucleibench.errors import DataError
from nucleibench.files import read_json, write_json

# Name, size in bytes, and time of change in nanoseconds.
FileState = tuple[str, int, int]


@dataclass(frozen=True)
class Output:
    """A kind of file that is written of an image.

    Attributes:
        suffix: of the file.
        share: of the size of the image that it may need at the most, as a guess.
    """

    suffix: str
    share: float


RECORD = "record"

OUTPUTS: Mapping[str, Output] = {
    "geojson": Output(".geojson", 2),
    "geojson.gz": Output(".geojson.gz", 0.5),
    "csv": Output(".csv", 0.5),
    "parquet": Output(".parquet", 0.5),
    "labels": Output(".tif", 0.5),
    "picture": Output(".png", 2),
    RECORD: Output(".json", 0),
}
"""Kinds of files by their names, in the order in which they are written; there is always a record.

The record is last, for it says that all others are there."""

TABLES = ("csv", "parquet")
"""Outputs that have a row a nucleus."""

OUTLINES = ("geojson", "geojson.gz")
"""Outputs that have the outlines of nuclei."""


@dataclass(frozen=True)
class Record:
    """What is written of an image beside its results.

    Attributes:
        image: name of the file.
        fingerprint: of all that decides the results, by :func:`fingerprint`.
        outputs: kinds of the files that were or are being written, as in OUTPUTS.
        version: of NucleiBench.
        network: ``name`` of the release, ``files`` of its networks, and their ``sha256``.
        settings: all settings of the run.
        finished: whether all outputs are there.
        runtime: name and version of what ran the network. It decides nothing that counts: maps
            differ by 0.000002, so that an image is not done again with another one.
        pixel_size: ``um``, the side of a pixel in micrometres, and ``source``, who says so.
        stain: what was found of the stains.
        counts: ``nuclei``; ``mean_area_um2`` where there are any; ``tissue_mm2`` where it is known.
        warnings: what the user should know, in words.
        path: of the image, without links; "" in records of earlier versions.
    """

    image: str
    fingerprint: str
    outputs: tuple[str, ...]
    version: str
    network: Mapping[str, Any]
    settings: Mapping[str, Any]
    finished: bool = False
    runtime: str = ""
    pixel_size: Mapping[str, float | str] = field(default_factory=dict)
    stain: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, float | None] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    path: str = ""

    def finish(self, **found: Any) -> "Record":
        """Return the record of the finished work, with what was found."""
        return replace(self, finished=True, **found)


def fingerprint(
    image: Path,
    settings: Mapping[str, Any],
    network_sha256: str,
    version: str,
    fields: Sequence[FileState] = (),
) -> str:
    """Return the hash of all that decides the results of an image.

    Args:
        image: the file.
        settings: that decide.
        network_sha256: of the weights.
        version: of NucleiBench.
        fields: states of all fields of a slide, in any order, where its stains are measured in
            all of them together.
    """
    parts = [*read_state(image), settings, network_sha256, version]
    if fields:
        parts.append(sorted(fields))
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def read_state(image: Path) -> FileState:
    """Return name, size in bytes, and time of change in nanoseconds: what tells a change.

    Reading a slide through only to learn that it is finished would take minutes.
    """
    state = image.stat()
    return image.name, state.st_size, state.st_mtime_ns


def write_record(path: str | Path, record: Record) -> None:
    """Write a record, atomically."""
    write_json(path, asdict(record))


def read_record(path: str | Path) -> Record:
    """Read a record.

    Raises:
        DataError: the file is not one.
    """
    try:
        values = read_json(path)
        values |= {key: tuple(values[key]) for key in ("outputs", "warnings")}
        return Record(**values)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DataError(
            f"{path} is not what NucleiBench writes of an image; move it, or choose another folder"
        ) from error


def is_result(path: Path) -> bool:
    """Tell whether a file was written of an image: a record beside it names it."""
    for kind, output in OUTPUTS.items():
        place = path.with_name(path.name.removesuffix(output.suffix) + OUTPUTS[RECORD].suffix)
        if path.name.endswith(output.suffix) and place.is_file():
            return kind in _outputs_in(place)
    return False


def _outputs_in(place: Path) -> tuple[str, ...]:
    try:
        return read_record(place).outputs
    except DataError:
        return ()


def summary_row(record: Record) -> dict[str, Any]:
    """Return the row of an image, with the columns SUMMARY_COLUMNS; what is not known is None."""
    nuclei, tissue = record.counts.get("nuclei"), record.counts.get("tissue_mm2")
    density = nuclei / tissue if nuclei is not None and tissue else None
    area, size = record.counts.get("mean_area_um2"), record.pixel_size.get("um")
    network, warnings = record.network.get("name"), "; ".join(record.warnings)
    values = (record.image, nuclei, tissue, density, area, size, network, warnings)
    return dict(zip(SUMMARY_COLUMNS, values, strict=True))


SUMMARY_COLUMNS = (
    "image",
    "nuclei",
    "tissue_mm2",
    "nuclei_per_mm2",
    "mean_area_um2",
    "pixel_size_um",
    "network",
    "warnings",
)
