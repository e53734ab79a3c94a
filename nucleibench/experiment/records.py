"""Whether the records by which Snakemake decides what to run are those of the results at hand.

Snakemake keeps its records in ``.snakemake`` of the working folder, by the paths of results. A
result without a record counts as current, whatever made it. So a mark stands in both places: the
same random name for as long as both belong together.
"""

import re
import time
import uuid
from pathlib import Path

from nucleibench.errors import ConfigurationError
from nucleibench.files import atomic_path

MARK = ".records"
"""Name of the mark in the folder of results."""

OURS = Path(".snakemake/metadata/nucleibench")
"""Where the marks beside Snakemake's records are, in the working folder."""

MADE = (
    "data",
    "detections",
    "external",
    "figures",
    "folds",
    "metrics",
    "models",
    "normalized",
    "original",
    "probabilities",
    "releases",
    "segmentations",
    "slides",
    "tables",
    "tiles",
    "weight_maps",
)
"""Folders of results that only a record can tell to be current.

Archives and training states are not among them: they are known by their content.
"""

SECONDS_OF_CLOCKS = 60
"""By how much the clocks of two machines may differ."""


def check_records(results: str | Path) -> None:
    """Refuse results that stale ones cannot be told from.

    Raises:
        ConfigurationError: there are results, and Snakemake's records are of others or gone; or
            the clock is behind the last run, so that times of files mean nothing.
    """
    folder, mark = Path(results), Path(results, MARK)
    if not any((folder / name).exists() for name in MADE):
        return
    if _read(mark) is None or _read(mark) != _read(_ours(folder)):
        raise ConfigurationError(
            f"results: {folder} has results, and .snakemake in {Path.cwd()} does not have the "
            "records of how they were made: records were deleted, or results were copied, moved, "
            "or made by an earlier version. Current results cannot be told from stale ones. "
            f"Put both folders back as they were, name another folder of results, or delete in "
            f"{folder} all but archives and states, which are known by their content"
        )
    if (ahead := mark.stat().st_mtime - time.time()) > SECONDS_OF_CLOCKS:
        raise ConfigurationError(
            f"results: {folder} was used {ahead:.0f} seconds from now, by the clock of this "
            "machine. Files are compared by their times: set the clock, then start again"
        )


def keep_records(results: str | Path) -> None:
    """Mark the results and Snakemake's records as belonging together, before jobs run.

    Raises:
        ConfigurationError: one of the folders cannot be written.
    """
    mark, ours = Path(results, MARK), _ours(Path(results))
    name = _read(mark)
    if name is None or name != _read(ours):
        name = uuid.uuid4().hex
    for path in (mark, ours):
        try:
            with atomic_path(path) as temporary:
                temporary.write_text(name)
        except OSError as error:
            raise ConfigurationError(
                f"results: {path.parent} cannot be written: {error.strerror}; mend that, or name "
                "another folder of results"
            ) from error


def refuse_touch(touched: bool) -> None:
    """Refuse to record old results as current.

    Raises:
        ConfigurationError: Snakemake was told to touch results.
    """
    if touched:
        raise ConfigurationError(
            "--touch would record old results as current; leave it out: what is current is not "
            "made again"
        )


def _ours(results: Path) -> Path:
    return OURS / re.sub(r"[^\w.-]", "%", str(results))


def _read(path: Path) -> str | None:
    return path.read_text() if path.is_file() else None
