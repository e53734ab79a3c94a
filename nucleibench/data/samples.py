"""One image of a dataset and its annotation, as members of an archive."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nucleibench.data.archives import Archive
from nucleibench.errors import DataError


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
    """

    image: str
    organ: str
    patient: str
    part: str
    archive: Path
    image_member: str
    annotation_member: str


def members_by_image(archive: Archive, names: Iterable[str]) -> dict[str, str]:
    """Map image ids (file names without suffix) to members.

    Raises:
        DataError: two members would be the same image.
    """
    members: dict[str, str] = {}
    for name in names:
        image = PurePosixPath(name).stem
        if image in members:
            raise DataError(
                f"{archive.path}: {members[image]} and {name} have the same image id {image}; "
                "remove one of them"
            )
        members[image] = name
    return members


def pair_members(
    archive: Archive, images: Mapping[str, str], annotations: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return (image id, image member, annotation member), sorted by id.

    Raises:
        DataError: an image has no annotation, an annotation no image, or there is nothing.
    """
    if lonely := sorted(images.keys() - annotations.keys()):
        raise DataError(
            f"{archive.path}: no annotation for {_list(lonely)}; add it or remove the image"
        )
    if lonely := sorted(annotations.keys() - images.keys()):
        raise DataError(
            f"{archive.path}: no image for annotation {_list(lonely)}; "
            "add it or remove the annotation"
        )
    return [(image, images[image], annotations[image]) for image in sorted(images)]


def _list(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
