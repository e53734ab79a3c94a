"""CoNSeP (Graham et al. 2019): PNG images of colon with MATLAB label maps.

Images lie in ``Train/Images`` and ``Test/Images``, label maps of the same name in ``Labels`` beside
them, as the variable ``inst_map``. Which images are of one patient is not published: each counts
as its own, unless the table of organs says otherwise.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from nucleibench.data.annotations import ImageFacts
from nucleibench.data.archives import OpenArchive
from nucleibench.data.decoding import decode_rgb, encode_image
from nucleibench.data.formats import DatasetFormat, SyntheticImage
from nucleibench.data.label_maps import read_mat
from nucleibench.data.mat_files import encode_array
from nucleibench.data.official import find_entry
from nucleibench.data.samples import LabelledImage, Sample, members_by_image, pair_members
from nucleibench.errors import ConfigurationError, DataError

ORGAN = "colon"

PIXEL_SIZE = 0.275
"""Micrometres: 40x of the scanner that was used."""

SYNTHETIC_PARTS = {"train": "Train", "test": "Test"}
"""Part of a synthetic dataset -> its folder."""


def find_samples(archive: OpenArchive, part: str, organs: Mapping[str, str]) -> list[Sample]:
    """Find the annotated images of a CoNSeP archive, sorted by id.

    Raises:
        DataError: there are none, or one lacks its counterpart.
    """
    images = members_by_image(archive, _files_in(archive, "Images", "png"))
    annotations = members_by_image(archive, _files_in(archive, "Labels", "mat"))
    pairs = pair_members(archive, images, annotations)
    if not pairs:
        raise DataError(
            f"{archive.path}: holds no CoNSeP images (Images/*.png with Labels/*.mat); "
            "is it the right archive?"
        )
    return [
        Sample(image, find_entry(organs, image) or ORGAN, image, part, archive.path, png, mat)
        for image, png, mat in pairs
    ]


def _files_in(archive: OpenArchive, folder: str, suffix: str) -> list[str]:
    pattern = re.compile(rf"(.*/)?{folder}/[^/]+\.{suffix}", re.IGNORECASE)
    return [name for name in archive.names() if pattern.fullmatch(name)]


def read_sample(archive: OpenArchive, sample: Sample) -> LabelledImage:
    """Read an image and its label map.

    Raises:
        DataError: either is unreadable, their sizes disagree, or it is no map of nuclei.
    """
    where = f"{archive.path}: {{}}".format
    image = decode_rgb(archive.read(sample.image_member), where(sample.image_member))
    name = where(sample.annotation_member)
    facts = ImageFacts(sample.image, image.shape[:2], PIXEL_SIZE)
    annotation = read_mat(archive.read(sample.annotation_member), name, facts)
    return LabelledImage(image, annotation.labels, annotation.notes)


def synthesize(part: str, images: int) -> list[SyntheticImage]:
    """Return the images of a synthetic archive: ``train_1``, ``train_2`` and so on.

    Raises:
        ConfigurationError: there is no such part.
    """
    if part not in SYNTHETIC_PARTS:
        known = ", ".join(SYNTHETIC_PARTS)
        raise ConfigurationError(
            f"unknown part {part!r} of synthetic consep; choose one of {known}"
        )
    folder = f"CoNSeP/{SYNTHETIC_PARTS[part]}"
    return [_synthetic_image(folder, f"{part}_{number}") for number in range(1, images + 1)]


def _synthetic_image(folder: str, image: str) -> SyntheticImage:
    png, mat = f"{folder}/Images/{image}.png", f"{folder}/Labels/{image}.mat"
    return SyntheticImage(image, ORGAN, png, mat, _encode)


def _encode(
    image: np.ndarray, labels: np.ndarray, outlines: Sequence[np.ndarray]
) -> tuple[bytes, bytes]:
    return encode_image(image, ".png"), encode_array(labels.astype(np.float64))


FORMAT = DatasetFormat(
    find_samples, read_sample, split="test", pixel_size=PIXEL_SIZE, synthesize=synthesize
)
