"""What of a run is done already; results of other settings never stand beside new ones."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nucleibench.errors import DataError
from nucleibench.slides.outputs import OutputPlan, earlier_record
from nucleibench.slides.record import OUTPUTS, RECORD, Record, read_record, write_record

LARGEST_RECORD = 1_000_000
"""Bytes of a file above which it is no record; a record has some thousands."""


def is_finished(plan: OutputPlan, fingerprint: str) -> bool:
    """Tell whether an earlier run with this fingerprint wrote all that is planned."""
    earlier = earlier_record(plan)
    return (
        earlier is not None
        and earlier.finished
        and earlier.fingerprint == fingerprint
        and set(plan.kinds) <= set(earlier.outputs)
        and all(path.is_file() for path in plan.paths.values())
    )


def find_finished(folder: Path) -> dict[str, Record]:
    """Return the records of all finished images whose results lie below a folder.

    Records that miss a result, records of broken runs and other JSON files are passed over.

    Returns:
        The records by the names of results, as in OutputPlan, sorted.
    """
    suffix = OUTPUTS[RECORD].suffix
    names = sorted(
        path.relative_to(folder).as_posix().removesuffix(suffix)
        for path in folder.rglob(f"*{suffix}")
    )
    return {name: record for name in names if (record := read_finished(folder, name))}


def read_finished(folder: Path, name: str) -> Record | None:
    """Return the record of an image if it is finished and all its results are there."""
    path = folder / f"{name}{OUTPUTS[RECORD].suffix}"
    try:
        record = read_record(path) if path.stat().st_size <= LARGEST_RECORD else None
    except (DataError, OSError):
        return None
    return record if record and record.finished and _has_results(folder, name, record) else None


def _has_results(folder: Path, name: str, record: Record) -> bool:
    return all(
        kind in OUTPUTS and (folder / f"{name}{OUTPUTS[kind].suffix}").is_file()
        for kind in record.outputs
    )


def start(plan: OutputPlan, record: Record) -> None:
    """Remove the results of an earlier run, and write a record of the one that begins.

    The record is there before any result, so that those of a run that breaks off are known as
    NucleiBench's own when it is started again.
    """
    remove_earlier(plan)
    write_record(plan.path(RECORD), record)


@contextmanager
def started(plan: OutputPlan, record: Record) -> Iterator[None]:
    """Start an image; where it fails, nothing of it stays."""
    start(plan, record)
    try:
        yield
    except Exception:
        remove_earlier(plan)
        raise


def remove_earlier(plan: OutputPlan) -> None:
    """Remove the results that the record of an earlier run names, and the record."""
    earlier = earlier_record(plan)
    if earlier is None:
        return
    # The record is the last of the outputs: as long as others are left, it names them.
    for kind in OUTPUTS:
        if kind in earlier.outputs:
            plan.path(kind).unlink(missing_ok=True)


@contextmanager
def working_folder(plan: OutputPlan) -> Iterator[Path]:
    """Yield a hidden folder beside the results for what is not finished, and remove it.

    Its name is always the same, so that what a killed run left goes when the image is done again.
    """
    record = plan.path(RECORD)
    folder = record.with_name(f".{record.stem}.unfinished")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
