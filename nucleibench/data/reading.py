"""The images of a dataset: found in its archives, and read one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from nucleibench.data.archives import open_archive
from nucleibench.data.formats import FORMATS
from nucleibench.data.oddities import describe_image
from nucleibench.data.official import (
    find_entry,
    known_digests,
    load_organs,
    load_patients,
    pixel_digest,
)
from nucleibench.data.samples import LabelledImage, Sample
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import SheetRow
from nucleibench.data.splits import Known, Splits, assign_splits
from nucleibench.errors import DataError
from nucleibench.images import PIXEL_SIZE

AGREEMENT = 0.01
"""By how much two statements of a pixel size may differ."""


def find_samples(dataset: Dataset, archives: Mapping[str, str | Path]) -> list[Sample]:
    """Find the images of a dataset, in the order of its parts.

    Args:
        dataset: its settings.
        archives: zip file or unpacked folder of each part.

    Raises:
        DataError: an archive is damaged or not of the format, an image is in two parts, or the
            organ of one is unknown.
    """
    samples: dict[str, Sample] = {}
    for part, path in archives.items():
        for sample in find_samples_of_part(dataset, part, path):
            if sample.image in samples:
                other = samples[sample.image].archive
                raise DataError(f"{sample.image} is in {other} and in {path}; name each part once")
            samples[sample.image] = sample
    return list(samples.values())


def find_samples_of_part(dataset: Dataset, part: str, path: str | Path) -> list[Sample]:
    """Find the images of one archive; what the settings say of them is part of the samples."""
    organs, patients = load_organs(dataset.organs), load_patients(dataset.organs)
    with open_archive(path) as archive:
        samples = FORMATS[dataset.format].find_samples(archive, part, organs)
    return [
        replace(
            sample,
            patient=find_entry(patients, sample.image) or sample.patient,
            pixel_size=sample.pixel_size or dataset.pixel_size,
        )
        for sample in samples
    ]


def split_samples(
    name: str,
    dataset: Dataset,
    samples: Sequence[Sample],
    test_organ: str,
    reference_image: str | None,
) -> Splits:
    """Return the split of each image, as for :func:`assign_splits`."""
    images = {sample.image: Known(sample.organ, sample.split) for sample in samples}
    return assign_splits(name, dataset.split_rule, images, test_organ, reference_image)


def read_labelled(format: str, sample: Sample, split: str) -> tuple[LabelledImage, SheetRow]:
    """Read an image and its nuclei.

    Args:
        format: a key of ``FORMATS``.
        sample: where the image lies.
        split: of the image.

    Returns:
        The image, with all that is odd about it among its notes; and its line of the sheet.

    Raises:
        DataError: the image or its annotation is damaged, or they do not fit each other.
    """
    with open_archive(sample.archive) as archive:
        found = FORMATS[format].read_sample(archive, sample)
    pixel_size, size_notes = _pixel_size(format, sample, found)
    digest = pixel_digest(found.image)
    height, width = found.labels.shape
    row = SheetRow(
        sample.image,
        sample.organ,
        sample.patient,
        sample.part,
        split,
        height,
        width,
        int(found.labels.max(initial=0)),
        digest,
        pixel_size,
    )
    odd = (*size_notes, *describe_image(found.image, found.labels), *_describe_digest(row))
    return replace(found, notes=found.notes + odd), row


def _pixel_size(format: str, sample: Sample, found: LabelledImage) -> tuple[float, tuple[str, ...]]:
    """Return the pixel size, and notes on it; tables come before what the file states."""
    given = sample.pixel_size or FORMATS[format].pixel_size
    stated = found.pixel_size
    if given is None and stated is None:
        return PIXEL_SIZE, (
            f"neither its file nor a table states its pixel size; {PIXEL_SIZE} micrometres are "
            "taken: give pixel_size in images.csv or in the settings of the dataset",
        )
    if given is None or stated is None:
        return given or stated or PIXEL_SIZE, ()
    if abs(given - stated) <= AGREEMENT * given:
        return given, ()
    return given, (
        f"its file states pixels of {stated:g} micrometres, but {given:g} is given and taken",
    )


def _describe_digest(row: SheetRow) -> tuple[str, ...]:
    if known_digests().get(row.image, row.sha256) == row.sha256:
        return ()
    return (
        "its pixels differ from the official image of this name; results will not compare with "
        "published ones",
    )
