"""Import a dataset: archives in their official layouts to canonical images, labels and a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nucleibench.data.archives import MEND
from nucleibench.data.notices import DataWarning, tell, warnings_told
from nucleibench.data.oddities import describe_dataset
from nucleibench.data.reading import find_samples, read_labelled, split_samples
from nucleibench.data.samples import Sample
from nucleibench.data.settings import Archive, Dataset
from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.data.spreads import Spread, describe_spreads, measure_spread
from nucleibench.errors import DataError
from nucleibench.files import file_digest
from nucleibench.images import write_labels, write_rgb
from nucleibench.parallel import map_in_processes

__all__ = [
    "DataWarning",
    "check_local_archives",
    "import_dataset",
    "split_samples",
    "warnings_told",
]


def check_local_archives(dataset: Dataset) -> None:
    """Compare local archives, not folders, with the checksums that their settings give.

    Raises:
        DataError: an archive has another ``sha256`` or ``md5`` than the one given for it.

    Warns:
        DataWarning: it has another than the download that it replaces; re-packed archives do.
    """
    for archive in dataset.archives.values():
        if archive.path is not None and Path(archive.path).is_file():
            for algorithm, expected in archive.checksums.items():
                _compare_checksum(archive, archive.path, algorithm, expected)


def _compare_checksum(archive: Archive, path: str, algorithm: str, expected: str) -> None:
    found = file_digest(path, algorithm)
    if found == expected:
        return
    message = f"{path}: its {algorithm} is {found}, but {expected} was expected"
    if archive.url is None and archive.google_drive is None:
        raise DataError(f"{message}; {MEND}, or correct the checksum in the configuration")
    tell(f"{message}, that of the download; the local archive is used as it is")


def import_dataset(
    name: str,
    dataset: Dataset,
    archives: Mapping[str, str | Path],
    folder: str | Path,
    test_organ: str,
    reference_image: str | None,
    workers: int,
) -> None:
    """Write ``images/{image}.png``, ``labels/{image}.tif`` and, last, ``images.csv`` to ``folder``.

    Images keep their own scale, which the sheet says.

    Args:
        name: name of the dataset in the configuration, for messages.
        dataset: its settings.
        archives: zip file or unpacked folder of each part of the dataset, wherever it came from.
        folder: where to write.
        test_organ: organ that is held out.
        reference_image: id of the image to whose colours all others are brought, split
            ``reference`` and so kept from training; None where it is not of this dataset.
        workers: number of processes.

    Raises:
        ConfigurationError: no image is of the test organ where that decides, or the reference is
            not a training image.
        DataError: an archive, image or annotation is missing, damaged or contradictory.
            Pairs, organs and splits are checked before any image is read.

    Warns:
        DataWarning: something was left out or is odd, such as an image without annotation, a
            region that is no nucleus, or a patient that trains and tests.
    """
    samples = find_samples(dataset, archives)
    splits = split_samples(name, dataset, samples, test_organ, reference_image)
    folder = Path(folder)
    # A sheet of an earlier import would vouch for images that are about to change.
    (folder / "images.csv").unlink(missing_ok=True)
    jobs = [_Job(dataset.format, sample, splits[sample.image], folder) for sample in samples]
    rows, spreads = [], []
    for row, notes, spread in map_in_processes(_import_image, jobs, workers):
        rows.append(row)
        spreads.append(spread)
        for note in notes:
            tell(f"{row.image}: {note}")
    for note in (*describe_dataset(rows, test_organ), *describe_spreads(spreads)):
        tell(f"{name}: {note}")
    write_sheet(folder / "images.csv", rows)


@dataclass(frozen=True)
class _Job:
    format: str
    sample: Sample
    split: str
    folder: Path


def _import_image(job: _Job) -> tuple[SheetRow, tuple[str, ...], Spread | None]:
    """Write image and labels of one sample; return its row, notes, and where its nuclei lie."""
    found, row = read_labelled(job.format, job.sample, job.split)
    write_rgb(job.folder / "images" / f"{row.image}.png", found.image)
    write_labels(job.folder / "labels" / f"{row.image}.tif", found.labels)
    empty = ("has no nuclei",) if row.nuclei == 0 else ()
    return row, found.notes + empty, measure_spread(row.image, found.labels, row.pixel_size)
