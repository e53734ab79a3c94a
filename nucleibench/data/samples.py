"""One image of a dataset and its annotation, as members of an archive, and as they are read."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from nucleibench.data.archives import OpenArchive
from nucleibench.errors import DataError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Sample:
    """Where an annotated image lies and what is known of it.

    Attributes:
        image: id of the image, its file name without suffix.
        organ: organ in lower case.
        patient: id of the patient; images of one patient are not independent.
        part: name of the archive within the dataset.
        archive: path of the archive.
        image_member: name of the image in the archive.
        annotation_member: name of the annotation in the archive.
        split: of the image as a table of the dataset says; None where none does.
        pixel_size: side of a pixel in micrometres as a table or the settings of the dataset say;
            None where neither does.
    """

    image: str
    organ: str
    patient: str
    part: str
    archive: Path
    image_member: str
    annotation_member: str
    split: str | None = None
    pixel_size: float | None = None


@dataclass(frozen=True)
class LabelledImage:
    """An image and its nuclei.

    Attributes:
        image: RGB uint8 (height, width, 3).
        labels: int32 (height, width), nuclei are 1, 2, ... without gaps, 0 = background.
        notes: what was left out or is odd, in words, without the id of the image.
        pixel_size: side of a pixel in micrometres as the file states it; None where it does not.
    """

    image: "np.ndarray"
    labels: "np.ndarray"
    notes: tuple[str, ...] = ()
    pixel_size: float | None = None


def image_id(name: str) -> str:
    """Return the id of an image: the name of a file without folder and suffix.

    Systems write one name in several forms of Unicode; all are one id.
    """
    return unicodedata.normalize("NFC", PurePosixPath(name).stem)


def members_by_image(archive: OpenArchive, names: Iterable[str]) -> dict[str, str]:
    """Map image ids to members.

    Raises:
        DataError: two members would be the same image, on some systems at least.
    """
    members: dict[str, str] = {}
    seen: dict[str, str] = {}
    for name in names:
        image = image_id(name)
        other = seen.setdefault(image.casefold(), name)
        if other != name:
            same = "the same image id" if image in members else "but for case the same image id"
            raise DataError(
                f"{archive.path}: {other} and {name} have {same} {image}; rename or remove one"
            )
        members[image] = name
    return members


def pair_members(
    archive: OpenArchive, images: Mapping[str, str], annotations: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return (image id, image member, annotation member), sorted by id.

    Raises:
        DataError: an image has no annotation, an annotation no image, or there is nothing.
    """
    if lonely := sorted(images.keys() - annotations.keys()):
        raise DataError(
            f"{archive.path}: no annotation for {name_some(lonely)}; add it or remove the image"
        )
    if lonely := sorted(annotations.keys() - images.keys()):
        raise DataError(
            f"{archive.path}: no image for annotation {name_some(lonely)}; "
            "add it or remove the annotation"
        )
    return [(image, images[image], annotations[image]) for image in sorted(images)]


def name_some(names: Sequence[str], most: int = 5) -> str:
    """Return at most so many names for a message, and how many more there are."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def count(number: float, word: str, plural: str | None = None) -> str:
    """Return a number of things for a message: "1 image", "2 images", "2 nuclei"."""
    return f"{number:.0f} {word if number == 1 else plural or f'{word}s'}"
