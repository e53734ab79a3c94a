"""A folder of one's own: ``images/``, ``labels/``, and a table ``images.csv`` if you like.

An annotation has the file name of its image but for the suffix, or one COCO file in ``labels/``
holds those of many images. An image without annotation is left out and told.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from pathlib import PurePosixPath

import numpy as np

from nucleibench.data.annotations import READERS, ImageFacts, read_annotation, suffix_of
from nucleibench.data.archives import OpenArchive
from nucleibench.data.coco import images_of
from nucleibench.data.decoding import encode_image
from nucleibench.data.formats import DatasetFormat, SyntheticImage
from nucleibench.data.image_table import (
    ImageLine,
    file_name,
    line_of,
    read_image_table,
    tell_unused,
)
from nucleibench.data.notices import tell
from nucleibench.data.official import find_entry
from nucleibench.data.samples import (
    LabelledImage,
    Sample,
    count,
    image_id,
    members_by_image,
    name_some,
)
from nucleibench.data.splits import UNKNOWN_ORGAN
from nucleibench.errors import DataError
from nucleibench.images import PIXEL_SIZE
from nucleibench.images.decoding import open_content

IMAGES = (".tif", ".tiff", ".png", ".jpg", ".jpeg", ".jp2", ".bmp", ".webp")
"""Suffixes of images."""

TABLE = "images.csv"

OTHER_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods")
"""Suffixes of tables that are not read, and so told where there is no ``images.csv``."""

IN_LABELS = re.compile(r"(.*/)?labels/.+", re.IGNORECASE)

SYNTHETIC_ORGANS = ("colon", "liver", "breast")
"""In turn."""


def find_samples(archive: OpenArchive, part: str, organs: Mapping[str, str]) -> list[Sample]:
    """Find the annotated images of a folder, sorted by id.

    The organ of an image is that of ``images.csv``, else of the table of organs, else unknown; its
    patient is that of ``images.csv``, else the image itself.

    Raises:
        DataError: there are none, two have one name, or ``images.csv`` is damaged or says nothing
            of one.

    Warns:
        DataWarning: an image has no annotation, an annotation no image, or a file is neither.
    """
    images = members_by_image(archive, _members(archive, "images", IMAGES))
    annotations = _find_annotations(archive, images)
    if not annotations:
        raise DataError(f"{archive.path}: {_describe_missing(archive, images)}")
    lines = _read_lines(archive, images)
    samples = []
    for image, annotation in sorted(annotations.items()):
        line = lines[image]
        organ = line.organ or find_entry(organs, image) or UNKNOWN_ORGAN
        places = (part, archive.path, images[image], annotation)
        patient = line.patient or image
        samples.append(Sample(image, organ, patient, *places, line.split, line.pixel_size))
    return samples


def _describe_missing(archive: OpenArchive, images: Mapping[str, str]) -> str:
    """Return why there are no annotated images, and what to do."""
    layout = f"images/ with {', '.join(IMAGES)}; labels/ with {', '.join(READERS)} of the same name"
    if not images:
        return f"holds no annotated images ({layout}); is it the right folder?"
    return (
        f"holds {count(len(images), 'image')} and no annotation of them ({layout});"
        f"{_describe_names(archive, images)} without annotations they can be segmented by"
        " `nucleibench segment`, and not scored"
    )


def _describe_names(archive: OpenArchive, images: Mapping[str, str]) -> str:
    """Say what lies in ``labels/`` beside the names of images, if anything does."""
    members = [name for name in archive.names() if IN_LABELS.fullmatch(name)]
    if not members:
        return ""
    others = name_some(list(images.values()))
    return f" names must agree, but there are {name_some(members)} and {others};"


def _members(archive: OpenArchive, folder: str, suffixes: Collection[str]) -> list[str]:
    """Return the files below a folder that have one of some suffixes; others are told."""
    pattern = re.compile(rf"(.*/)?{folder}/.+", re.IGNORECASE)
    names = [n for n in archive.names() if pattern.fullmatch(n) and not _is_table(n)]
    if others := [name for name in names if suffix_of(name) not in suffixes]:
        tell(f"{archive.path}: {name_some(others)}: not of a kind that is read from {folder}/")
    return [name for name in names if suffix_of(name) in suffixes]


def _find_annotations(archive: OpenArchive, images: Mapping[str, str]) -> dict[str, str]:
    """Return the annotation of each image that has one, and tell what has no counterpart."""
    members = _members(archive, "labels", READERS)
    own = [name for name in members if image_id(name) in images]
    others = [name for name in members if image_id(name) not in images]
    annotations = members_by_image(archive, own)
    unused = [name for name in others if not _add_shared(archive, name, images, annotations)]
    if unused:
        tell(f"{archive.path}: no image for annotation {name_some(unused)}; left out")
    if lonely := sorted(images.keys() - annotations.keys()):
        tell(f"{archive.path}: no annotation for {name_some(lonely)}; left out")
    return annotations


def _add_shared(
    archive: OpenArchive, name: str, images: Mapping[str, str], annotations: dict[str, str]
) -> bool:
    """Add a file to the annotations of the images that it names; tell whether it names any."""
    if suffix_of(name) != ".json":
        return False
    found = images_of(archive.read(name), f"{archive.path}: {name}") & images.keys()
    if twice := sorted(found & annotations.keys()):
        others = f"{annotations[twice[0]]} and {name}"
        raise DataError(f"{archive.path}: {others} both annotate {twice[0]}; remove one")
    annotations |= dict.fromkeys(found, name)
    return bool(found)


def _read_lines(archive: OpenArchive, images: Mapping[str, str]) -> dict[str, ImageLine]:
    """Return what ``images.csv`` says of each image; nothing where there is no such table."""
    tables = [name for name in archive.names() if _is_table(name)]
    if not tables:
        _tell_other_tables(archive)
        return dict.fromkeys(images, ImageLine())
    if len(tables) > 1:
        raise DataError(f"{archive.path}: has {name_some(tables)}; keep one table")
    where = f"{archive.path}: {tables[0]}"
    lines = read_image_table(archive.read(tables[0]), where)
    known = {image: (image, file_name(member)) for image, member in images.items()}
    tell_unused(lines, chain.from_iterable(known.values()), where)
    return {image: line_of(lines, names, where) for image, names in known.items()}


def _is_table(name: str) -> bool:
    return PurePosixPath(name).name.lower() == TABLE


def _tell_other_tables(archive: OpenArchive) -> None:
    names = [n for n in archive.names() if suffix_of(n) in OTHER_TABLES and not IN_LABELS.match(n)]
    if names:
        tell(f"{archive.path}: {name_some(names)}: not read; a table of the images is {TABLE}")


def read_sample(archive: OpenArchive, sample: Sample) -> LabelledImage:
    """Read an image and its annotation.

    Raises:
        DataError: either is damaged or of a kind that cannot be read for certain, or they do not
            fit each other.
    """
    where = f"{archive.path}: {{}}".format
    content = archive.read(sample.image_member)
    with open_content(content, where(sample.image_member)) as raster:
        image, stated, notes = raster.read(0, 0, *raster.shape), raster.pixel_size, raster.notes
    pixel_size = sample.pixel_size or stated or PIXEL_SIZE
    facts = ImageFacts(sample.image, image.shape[:2], pixel_size)
    member = sample.annotation_member
    annotation = read_annotation(member, archive.read(member), where(member), facts)
    return LabelledImage(image, annotation.labels, notes + annotation.notes, stated)


def synthesize(part: str, images: int) -> list[SyntheticImage]:
    """Return the images of a synthetic folder, which have their organs in their names."""
    return [_synthetic_image(part, index) for index in range(images)]


def _synthetic_image(part: str, index: int) -> SyntheticImage:
    organ = SYNTHETIC_ORGANS[index % len(SYNTHETIC_ORGANS)]
    image = f"SYN-{organ.upper()}-{part}-{index + 1:02d}"
    return SyntheticImage(image, organ, f"images/{image}.png", f"labels/{image}.png", _encode)


def _encode(
    image: np.ndarray, labels: np.ndarray, outlines: Sequence[np.ndarray]
) -> tuple[bytes, bytes]:
    return encode_image(image, ".png"), encode_image(labels.astype(np.uint16), ".png")


FORMAT = DatasetFormat(find_samples, read_sample, split="sheet", synthesize=synthesize)
