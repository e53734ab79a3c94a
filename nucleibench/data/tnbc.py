"""TNBC (Naylor et al. 2018): PNG images of triple-negative breast cancer with PNG masks.

Images lie in ``Slide_XX``, masks of the same name in ``GT_XX``; a slide is a patient. Slides 01 to
11 are of breast; the release of 2019 adds slides of brain. Masks come in two kinds: with one value
for all nuclei, or with one for each.
"""

import re
from collections.abc import Mapping, Sequence

import numpy as np

from nucleibench.data.annotations import ImageFacts, check_shape
from nucleibench.data.archives import OpenArchive
from nucleibench.data.decoding import decode_mask, decode_rgb, encode_image
from nucleibench.data.formats import DatasetFormat, SyntheticImage
from nucleibench.data.masks import label_nuclei
from nucleibench.data.official import organ_of
from nucleibench.data.samples import LabelledImage, Sample, members_by_image, pair_members
from nucleibench.errors import ConfigurationError, DataError

PIXEL_SIZE = 0.25
"""Micrometres: 40x."""

SYNTHETIC_IMAGES_PER_SLIDE = 2

SYNTHETIC_SLIDES = 11
"""At most, as all are of breast."""


def find_samples(archive: OpenArchive, part: str, organs: Mapping[str, str]) -> list[Sample]:
    """Find the annotated images of a TNBC archive, sorted by id.

    Raises:
        DataError: there are none, one lacks its counterpart, or the organ of one is unknown.
    """
    images = members_by_image(archive, _files_in(archive, "Slide"))
    annotations = members_by_image(archive, _files_in(archive, "GT"))
    pairs = pair_members(archive, images, annotations)
    if not pairs:
        raise DataError(
            f"{archive.path}: holds no TNBC images (Slide_XX/*.png with GT_XX/*.png); "
            "is it the right archive?"
        )
    return [_sample(archive, part, organs, *pair) for pair in pairs]


def _sample(
    archive: OpenArchive, part: str, organs: Mapping[str, str], image: str, png: str, mask: str
) -> Sample:
    folder = png.split("/")[-2]
    slide = folder.partition("_")[2]
    organ = organ_of(image, organs, slide, folder)
    return Sample(image, organ, slide, part, archive.path, png, mask)


def _files_in(archive: OpenArchive, folder: str) -> list[str]:
    pattern = re.compile(rf"(.*/)?{folder}_[^/]+/[^/]+\.png", re.IGNORECASE)
    return [name for name in archive.names() if pattern.fullmatch(name)]


def read_sample(archive: OpenArchive, sample: Sample) -> LabelledImage:
    """Read an image and its mask.

    Raises:
        DataError: either is unreadable, their sizes disagree, or it cannot be told of which kind
            the mask is.
    """
    where = f"{archive.path}: {{}}".format
    image = decode_rgb(archive.read(sample.image_member), where(sample.image_member))
    name = where(sample.annotation_member)
    mask = decode_mask(archive.read(sample.annotation_member), name)
    check_shape(mask.shape, name, ImageFacts(sample.image, image.shape[:2], PIXEL_SIZE))
    annotation = label_nuclei(mask, name)
    return LabelledImage(image, annotation.labels, annotation.notes)


def synthesize(part: str, images: int) -> list[SyntheticImage]:
    """Return the images of a synthetic archive: ``01_1``, ``01_2``, ``02_1`` and so on.

    Raises:
        ConfigurationError: there are no slides for so many images.
    """
    limit = SYNTHETIC_IMAGES_PER_SLIDE * SYNTHETIC_SLIDES
    if images > limit:
        raise ConfigurationError(f"{images} synthetic images are too many; ask for {limit} at most")
    return [_synthetic_image(index) for index in range(images)]


def _synthetic_image(index: int) -> SyntheticImage:
    first, number = divmod(index, SYNTHETIC_IMAGES_PER_SLIDE)
    slide = f"{first + 1:02d}"
    image = f"{slide}_{number + 1}"
    folder = "TNBC_NucleiSegmentation"
    png, mask = f"{folder}/Slide_{slide}/{image}.png", f"{folder}/GT_{slide}/{image}.png"
    return SyntheticImage(image, "breast", png, mask, _encode)


def _encode(
    image: np.ndarray, labels: np.ndarray, outlines: Sequence[np.ndarray]
) -> tuple[bytes, bytes]:
    # The official images have an opaque alpha channel too.
    opaque = np.full(labels.shape, 255, np.uint8)
    rgba = np.dstack([image, opaque])
    return encode_image(rgba, ".png"), encode_image(binary_mask(labels), ".png")


def binary_mask(labels: np.ndarray) -> np.ndarray:
    """Return 255 in nuclei and 0 elsewhere, with a gap of a pixel where two nuclei touch.

    Args:
        labels: integers (height, width), 0 = background.

    Returns:
        uint8 (height, width).
    """
    from scipy.ndimage import maximum_filter

    behind = maximum_filter(labels, 3) > labels
    return np.where((labels > 0) & ~behind, 255, 0).astype(np.uint8)


FORMAT = DatasetFormat(
    find_samples, read_sample, split="test", pixel_size=PIXEL_SIZE, synthesize=synthesize
)
