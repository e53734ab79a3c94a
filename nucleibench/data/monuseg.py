"""MoNuSeg (Kumar et al. 2017, 2020): TIFF images of nine organs with Aperio XML outlines.

The training archive keeps images and annotations in two folders, the test archive side by side;
they are paired by file name, wherever they lie.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nucleibench.data.annotations import ImageFacts
from nucleibench.data.aperio import encode_regions, read_annotation
from nucleibench.data.archives import OpenArchive
from nucleibench.data.decoding import decode_rgb, encode_image
from nucleibench.data.formats import DatasetFormat, SyntheticImage
from nucleibench.data.official import official_organs, organ_of
from nucleibench.data.samples import LabelledImage, Sample, members_by_image, pair_members
from nucleibench.errors import ConfigurationError, DataError

PIXEL_SIZE = 0.25
"""Micrometres: 40x. The annotations state 0.2456 to 0.2527, of some images nothing."""


def find_samples(archive: OpenArchive, part: str, organs: Mapping[str, str]) -> list[Sample]:
    """Find the annotated images of a MoNuSeg archive, sorted by id.

    Raises:
        DataError: there are none, one lacks its counterpart, or the organ of one is unknown.
    """
    names = archive.names()
    images = [name for name in names if name.lower().endswith((".tif", ".tiff"))]
    annotations = [name for name in names if name.lower().endswith(".xml")]
    pairs = pair_members(
        archive, members_by_image(archive, images), members_by_image(archive, annotations)
    )
    if not pairs:
        raise DataError(
            f"{archive.path}: holds no MoNuSeg images (.tif with .xml of the same name); "
            "is it the right archive?"
        )
    return [
        Sample(image, organ_of(image, organs), _patient(image), part, archive.path, tif, xml)
        for image, tif, xml in pairs
    ]


def _patient(image: str) -> str:
    """Return the patient in a TCGA barcode: project, site and participant."""
    return "-".join(image.split("-")[:3])


def read_sample(archive: OpenArchive, sample: Sample) -> LabelledImage:
    """Read an image and draw its outlines.

    Raises:
        DataError: either is damaged, or they do not fit each other.
    """
    where = f"{archive.path}: {{}}".format
    image = decode_rgb(archive.read(sample.image_member), where(sample.image_member))
    facts = ImageFacts(sample.image, image.shape[:2], sample.pixel_size or PIXEL_SIZE)
    xml = archive.read(sample.annotation_member)
    annotation = read_annotation(xml, where(sample.annotation_member), facts)
    return LabelledImage(image, annotation.labels, annotation.notes)


SYNTHETIC_IMAGES_PER_ORGAN = 50
"""At most, in one part: the numbers of the other part follow."""


@dataclass(frozen=True)
class SyntheticPart:
    """Where an archive keeps its files, and what the synthetic one holds.

    Attributes:
        images: folder of the images.
        annotations: folder of the annotations.
        organs: organs of the images, in turn.
        first_number: number of the first image of an organ; it keeps the ids of parts apart.
    """

    images: str
    annotations: str
    organs: tuple[str, ...]
    first_number: int


SYNTHETIC_PARTS = {
    "train": SyntheticPart(
        images="MoNuSeg 2018 Training Data/Tissue Images",
        annotations="MoNuSeg 2018 Training Data/Annotations",
        organs=("liver", "kidney", "prostate", "breast", "colon", "stomach", "bladder"),
        first_number=1,
    ),
    "test": SyntheticPart(
        images="MoNuSegTestData",
        annotations="MoNuSegTestData",
        organs=("breast", "kidney", "lung", "brain", "prostate", "bladder", "colon"),
        first_number=1 + SYNTHETIC_IMAGES_PER_ORGAN,
    ),
}
"""The two archives, each with the organs of the real one."""


def synthesize(part: str, images: int) -> list[SyntheticImage]:
    """Return the images of a synthetic archive: ``SYN-LIVER-01`` and so on, the organs in turn.

    Raises:
        ConfigurationError: there is no such part, or there are no ids for so many images.
    """
    if part not in SYNTHETIC_PARTS:
        known = ", ".join(SYNTHETIC_PARTS)
        raise ConfigurationError(
            f"unknown part {part!r} of synthetic monuseg; choose one of {known}"
        )
    layout = SYNTHETIC_PARTS[part]
    limit = SYNTHETIC_IMAGES_PER_ORGAN * len(layout.organs)
    if images > limit:
        raise ConfigurationError(f"{images} synthetic images are too many; ask for {limit} at most")
    return [_synthetic_image(layout, index) for index in range(images)]


def _synthetic_image(layout: SyntheticPart, index: int) -> SyntheticImage:
    cycle, turn = divmod(index, len(layout.organs))
    organ = layout.organs[turn]
    image = f"SYN-{organ.upper()}-{layout.first_number + cycle:02d}"
    tif, xml = f"{layout.images}/{image}.tif", f"{layout.annotations}/{image}.xml"
    return SyntheticImage(image, organ, tif, xml, _encode)


def _encode(
    image: np.ndarray, labels: np.ndarray, outlines: Sequence[np.ndarray]
) -> tuple[bytes, bytes]:
    return encode_image(image, ".tif"), encode_regions(outlines)


FORMAT = DatasetFormat(
    find_samples,
    read_sample,
    pixel_size=PIXEL_SIZE,
    synthesize=synthesize,
    official_organs=official_organs,
)
