"""Import a dataset: archives in their official layouts to canonical images, labels and a sheet."""

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nucleibench.data import monuseg, tnbc
from nucleibench.data.archives import MEND, Archive, open_archive
from nucleibench.data.official import known_digests, load_organs, pixel_digest
from nucleibench.data.samples import Sample
from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.files import file_digest
from nucleibench.images import write_labels, write_rgb
from nucleibench.parallel import map_in_processes


class DataWarning(UserWarning):
    """Something in the data was left out or is not as expected; the import went on."""


@contextmanager
def warnings_told(tell: Callable[[str], None]) -> Iterator[None]:
    """Hand every DataWarning to ``tell``; others go where they always go."""
    show = warnings.showwarning

    def show_or_tell(message: Warning, category: type[Warning], *where: Any) -> None:
        if issubclass(category, DataWarning):
            tell(f"Warning: {message}")
        else:
            show(message, category, *where)

    with warnings.catch_warnings():
        warnings.simplefilter("always", DataWarning)
        warnings.showwarning = show_or_tell
        yield


def check_local_archives(sources: Mapping[str, Mapping[str, Any]]) -> None:
    """Compare local archives, not folders, with the checksums that the configuration gives.

    Args:
        sources: the configuration's entry of each part; those without ``path`` are passed over.

    Raises:
        DataError: an archive has another ``sha256`` or ``md5`` than the one given for it.

    Warns:
        DataWarning: it has another than the download that it replaces; re-packed archives do.
    """
    for source in sources.values():
        for algorithm in ("sha256", "md5"):
            if algorithm in source and Path(source.get("path", "")).is_file():
                _compare_checksum(source, algorithm)


def _compare_checksum(source: Mapping[str, Any], algorithm: str) -> None:
    found, expected = file_digest(source["path"], algorithm), source[algorithm]
    if found == expected:
        return
    message = f"{source['path']}: its {algorithm} is {found}, but {expected} was expected"
    if "url" not in source and "google_drive" not in source:
        raise DataError(f"{message}; {MEND}, or correct the checksum in the configuration")
    note = f"{message}, that of the download; the local archive is used as it is"
    warnings.warn(note, DataWarning, stacklevel=3)


@dataclass(frozen=True)
class DatasetFormat:
    """How to find and read the images of a dataset.

    Attributes:
        find_samples: (archive, part, organs by image) -> samples.
        read_sample: (archive, sample) -> RGB image, labels, notes on what was left out.
        all_test: whether every image tests, whatever its organ.
    """

    find_samples: Callable[[Archive, str, Mapping[str, str]], list[Sample]]
    read_sample: Callable[[Archive, Sample], tuple[np.ndarray, np.ndarray, list[str]]]
    all_test: bool


FORMATS = {
    "monuseg": DatasetFormat(monuseg.find_samples, monuseg.read_sample, all_test=False),
    "tnbc": DatasetFormat(tnbc.find_samples, tnbc.read_sample, all_test=True),
}


def import_dataset(
    format: str,
    archives: Mapping[str, Path],
    folder: Path,
    test_organ: str,
    target_image: str | None,
    organs_table: Path | None,
    workers: int,
) -> None:
    """Write ``images/{image}.png``, ``labels/{image}.tif`` and, last, ``images.csv`` to ``folder``.

    Args:
        format: a key of ``FORMATS``.
        archives: zip file or unpacked folder of each part of the dataset.
        folder: where to write.
        test_organ: images of this organ are split ``test``, others ``train``; in a format that
            only tests, all images are.
        target_image: id of the image to whose colours all others are normalised, split
            ``target`` and so kept from training; None where another dataset has it.
        organs_table: CSV table (image, organ) for images that no official dataset has, or None.
        workers: number of processes.

    Raises:
        ConfigurationError: the format is unknown, or the target is not a training image.
        DataError: an archive, image or annotation is missing, damaged or contradictory, or the
            test set would be empty. Pairs, organs and splits are checked before any image is read.

    Warns:
        DataWarning: a region was skipped, or an image with an official id has other pixels.
    """
    if format not in FORMATS:
        raise ConfigurationError(f"unknown format {format!r}; choose one of {', '.join(FORMATS)}")
    samples = _find_samples(format, archives, organs_table)
    splits = _assign_splits(format, samples, test_organ, target_image)
    folder = Path(folder)
    # A sheet of an earlier import would vouch for images that are about to change.
    (folder / "images.csv").unlink(missing_ok=True)
    jobs = [_Job(format, sample, splits[sample.image], folder) for sample in samples]
    rows = []
    for row, notes in map_in_processes(_import_image, jobs, workers):
        rows.append(row)
        for note in notes:
            warnings.warn(note, DataWarning, stacklevel=2)
    write_sheet(folder / "images.csv", rows)


def _find_samples(
    format: str, archives: Mapping[str, Path], organs_table: Path | None
) -> list[Sample]:
    organs = load_organs(organs_table)
    samples: dict[str, Sample] = {}
    for part, path in archives.items():
        with open_archive(path) as archive:
            found = FORMATS[format].find_samples(archive, part, organs)
        for sample in found:
            if sample.image in samples:
                other = samples[sample.image].archive
                raise DataError(f"{sample.image} is in {other} and in {path}; name each part once")
            samples[sample.image] = sample
    return list(samples.values())


def _assign_splits(
    format: str, samples: list[Sample], test_organ: str, target_image: str | None
) -> dict[str, str]:
    """Return the split of each image."""
    if FORMATS[format].all_test:
        return {sample.image: "test" for sample in samples}
    organs = {sample.image: sample.organ for sample in samples}
    splits = {image: "test" if organ == test_organ else "train" for image, organ in organs.items()}
    if "test" not in splits.values():
        raise DataError(
            f"no image of the test organ {test_organ!r}, so the test set would be empty; "
            f"the images are of {', '.join(sorted(set(organs.values())))}"
        )
    if target_image is not None:
        if splits.get(target_image) != "train":
            raise ConfigurationError(
                f"normalization target {target_image} is not a training image; choose one of "
                f"{', '.join(image for image, split in splits.items() if split == 'train')}"
            )
        splits[target_image] = "target"
    return splits


@dataclass(frozen=True)
class _Job:
    format: str
    sample: Sample
    split: str
    folder: Path


def _import_image(job: _Job) -> tuple[SheetRow, list[str]]:
    """Write image and labels of one sample; return its row and notes."""
    sample = job.sample
    with open_archive(sample.archive) as archive:
        image, labels, notes = FORMATS[job.format].read_sample(archive, sample)
    write_rgb(job.folder / "images" / f"{sample.image}.png", image)
    write_labels(job.folder / "labels" / f"{sample.image}.tif", labels)
    digest = pixel_digest(image)
    if known_digests().get(sample.image, digest) != digest:
        notes.append(
            f"{sample.image}: its pixels differ from the official image of this name; "
            "results will not compare with published ones"
        )
    row = SheetRow(
        sample.image,
        sample.organ,
        sample.patient,
        sample.part,
        job.split,
        *labels.shape,
        int(labels.max(initial=0)),
        digest,
    )
    return row, notes
