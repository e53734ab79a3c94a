"""What of a run is done already; results of other settings never stand beside new ones."""

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress
from pathlib import Path

from nucleibench.errors import DataError
from nucleibench.slides.outputs import OutputPlan, earlier_record, former_plan
from nucleibench.slides.record import OUTPUTS, RECORD, Record, read_record, write_record

LARGEST_RECORD = 1_000_000
"""Bytes of a file above which it is no record; a record has some thousands."""


def is_finished(plan: OutputPlan, fingerprint: str) -> bool:
    """Tell whether earlier runs with this fingerprint wrote all that is planned."""
    earlier = earlier_record(plan)
    return (
        earlier is not None
        and earlier.finished
        and earlier.fingerprint == fingerprint
        and set(plan.kinds) <= set(earlier.outputs)
        and all(path.is_file() for path in plan.paths.values())
    )


def forget_deleted(plan: OutputPlan, fingerprint: str) -> None:
    """Take results that were deleted, and are not planned, out of the record of what is finished.

    As long as it names them, the image is not in the summary.
    """
    if is_finished(plan, fingerprint):
        earlier = read_record(plan.path(RECORD))
        there = (kind in OUTPUTS and plan.path(kind).is_file() for kind in earlier.outputs)
        left = tuple(compress(earlier.outputs, there))
        if left != earlier.outputs:
            write_record(plan.path(RECORD), replace(earlier, outputs=left))


def keep_earlier(plan: OutputPlan, fingerprint: str) -> OutputPlan:
    """Return the plan with all that earlier runs with this fingerprint wrote and that is there."""
    earlier = earlier_record(plan)
    if earlier is None or earlier.fingerprint != fingerprint:
        return plan
    kept = {kind for kind in earlier.outputs if kind in OUTPUTS and plan.path(kind).is_file()}
    kinds = tuple(kind for kind in OUTPUTS if kind in kept | set(plan.kinds))
    return replace(plan, kinds=kinds)


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
    """Remove what else earlier runs wrote, and write a record of the one that begins.

    What they wrote with the same fingerprint stays until it is replaced. The record is there before
    any result, so that those of a run that breaks off are known as NucleiBench's own when it is
    started again.
    """
    if former := former_plan(plan):
        _remove(former, former.kinds)
    earlier = earlier_record(plan)
    if earlier:
        same = earlier.fingerprint == record.fingerprint
        _remove(plan, set(earlier.outputs) - set(record.outputs if same else ()))
    write_record(plan.path(RECORD), record)


@contextmanager
def started(plan: OutputPlan, record: Record) -> Iterator[None]:
    """Start an image; where it fails, what was finished with its fingerprint stays, and no more."""
    earlier = read_finished(plan.folder, plan.name)
    finished = earlier if earlier and earlier.fingerprint == record.fingerprint else None
    start(plan, record)
    try:
        yield
    except Exception:
        _remove(plan, set(record.outputs) - set(finished.outputs if finished else ()))
        if finished:
            write_record(plan.path(RECORD), finished)
        raise


def _remove(plan: OutputPlan, kinds: Collection[str]) -> None:
    """Remove results. The record is the last: as long as others are left, it names them."""
    for kind in OUTPUTS:
        if kind in kinds:
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
