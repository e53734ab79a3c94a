"""Segment many images: what is finished is skipped, and one bad image stops no other."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from nucleibench.errors import DataError, NucleiBenchError
from nucleibench.images import PIXEL_SIZE
from nucleibench.images.raster import open_raster
from nucleibench.slides.locking import sole_writer
from nucleibench.slides.naming import SUMMARY
from nucleibench.slides.outputs import check_nothing_is_lost
from nucleibench.slides.planning import Batch, Begun
from nucleibench.slides.record import Record
from nucleibench.slides.resuming import find_finished, forget_deleted, read_finished
from nucleibench.slides.segmenting import segment_image
from nucleibench.slides.stains import sample_tissue
from nucleibench.slides.tables import write_summary
from nucleibench.slides.tissue import find_tissue
from nucleibench.slides.trained_network import load_trained_network
from nucleibench.slides.whole_slide import TrainedNetwork
from nucleibench.stain.reference import Stains, measure_stains

OUT_OF_MEMORY = re.compile(r"(?i)failed to allocate|bad.alloc|insufficient memory|start new thread")
"""What others than Python say where there is not enough memory."""

# What the user is told: a line each.
Tell = Callable[[str], None]
# Called with the name of an image, the tiles done, and all tiles.
ShowProgress = Callable[[str, int, int], None]


def segment_batch(batch: Batch, tell: Tell, show: ShowProgress) -> tuple[list[Record], int]:
    """Segment all images that are not finished, and write the summary of the output folder.

    The summary has the finished images of earlier runs as well.

    Returns:
        The records of all that are finished in this batch, and how many failed.

    Raises:
        ConfigurationError: another command writes to the folder, or has written to it since the
            batch was planned, so that something would be lost.
    """
    with sole_writer(batch.folder):
        check_nothing_is_lost(batch.plans)
        begun = batch.begin()
        for plan, record in begun:
            forget_deleted(plan, record.fingerprint)
        failed = _segment_unfinished(batch, begun, tell, show)
        return _summarise(batch.folder, begun, tell, failed)


def _summarise(
    folder: Path, begun: Sequence[Begun], tell: Tell, failed: int
) -> tuple[list[Record], int]:
    """Write the summary; return the finished records of the batch, and how many failed.

    Where an image failed, there may still be results of what it was before.
    """
    done = {
        plan.name: finished
        for plan, record in begun
        if (finished := read_finished(folder, plan.name))
        and finished.fingerprint == record.fingerprint
    }
    try:
        # A sub-folder that is a link is not searched, but may have results of this batch.
        write_summary(folder, find_finished(folder) | done)
    except OSError as error:
        tell(f"Error: {_explain(error, folder / SUMMARY)}")
        failed += 1
    return list(done.values()), failed


def segment_unfinished(batch: Batch, tell: Tell, show: ShowProgress) -> int:
    """Segment all images that are not finished; return how many failed."""
    return _segment_unfinished(batch, batch.begin(), tell, show)


def _segment_unfinished(
    batch: Batch, begun: Sequence[Begun], tell: Tell, show: ShowProgress
) -> int:
    for image, fault in batch.refused:
        tell(f"Error: {image} {fault}")
    waiting, count = batch.leave_finished(begun), len(begun)
    if finished := count - len(waiting):
        tell(f"{finished} of {count} images are finished already; --overwrite does them again")
    failed = _segment_all(batch, waiting, tell, show) if waiting else 0
    return failed + len(batch.refused)


def _segment_all(batch: Batch, waiting: Sequence[Begun], tell: Tell, show: ShowProgress) -> int:
    options = batch.options
    network = load_trained_network(
        batch.release, options.turns, options.threads, batch.accelerators
    )
    stains = _measure_together(batch, network) if batch.options.one_slide else None
    failed = 0
    for plan, record in waiting:

        def progress(done: int, total: int, name: str = plan.name) -> None:
            show(name, done, total)

        try:
            found = segment_image(plan, record, network, batch.options, stains, progress)
        except Exception as error:  # whatever it is, the other images are done
            tell(f"Error: {_explain(error, plan.image)}")
            failed += 1
        else:
            for warning in found.warnings:
                tell(f"{plan.name}: {warning}")
    return failed


def _explain(error: Exception, image: Path) -> str:
    """Return why an image failed, and what to do; errors of readers name the image themselves."""
    said = str(error)
    if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(said.replace(str(image), "")):
        said = "there is not enough memory; end other programs, or give fewer --threads"
    elif isinstance(error, OSError):
        cause = error.strerror or error
        if error.filename and str(error.filename) != str(image):  # it may be a result
            cause = f"{error.filename}: {cause}"
        said = f"{cause}; mend that, and give the same command again"
    elif not isinstance(error, NucleiBenchError):
        said = f"an unexpected {type(error).__name__} ({error}); please report it with the image"
    return said if said.startswith(str(image)) else f"{image}: {said}"


def _measure_together(batch: Batch, network: TrainedNetwork) -> Stains | None:
    """Measure the stains of a slide in all fields of it that can be read; None where none can."""
    patches = []
    for plan in batch.plans:
        try:
            with open_raster(plan.image) as raster:
                size = batch.options.pixel_size or raster.pixel_size or PIXEL_SIZE
                patches += sample_tissue(raster, find_tissue(raster, size))
        except (DataError, OSError):
            continue  # it is named when its turn comes
    return measure_stains(patches, network.reference) if patches else None
