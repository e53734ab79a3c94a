"""Outlines in COCO: one file for one image or for many.

Coordinates are pixels, and (0, 0) is the upper left corner of the first one, as pycocotools takes
them.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from nucleibench.data.annotations import Annotation, ImageFacts, check_shape
from nucleibench.data.coco_masks import decode_mask
from nucleibench.data.drawing import draw_regions
from nucleibench.data.json_files import is_coco, parse_json
from nucleibench.data.regions import collect_regions
from nucleibench.data.samples import image_id, name_some
from nucleibench.errors import DataError

CENTRE = 0.5
"""Where the centre of the first pixel lies."""

Entry = dict[str, Any]


def read_annotation(content: bytes, where: str, image: ImageFacts) -> Annotation:
    """Read the nuclei of one image: outlines, or masks in run lengths.

    Where both occur, outlines come before masks. Crowds, which are of nobody knows how many
    nuclei, are left out and told.

    Raises:
        DataError: the file is damaged, does not know the image, or does not fit it.
    """
    value = parse_json(content, where)
    entry = _find_image(value, where, image)
    annotations = _entries(value, "annotations", where)
    _check_ids(value, annotations, where)
    found = [a for a in annotations if a.get("image_id") == entry.get("id")]
    nuclei = [annotation for annotation in found if not annotation.get("iscrowd")]
    _check_segmented(nuclei, where)
    outlined = [a for a in nuclei if isinstance(a["segmentation"], list)]
    masked = [a for a in nuclei if isinstance(a["segmentation"], dict)]
    drawn = _draw(outlined, where, image)
    labels = _add_masks(drawn.labels, masked, where)
    crowds = [str(annotation.get("id")) for annotation in found if annotation.get("iscrowd")]
    notes = (f"crowd, left out: annotation {name_some(crowds)}",) if crowds else ()
    return Annotation(labels, notes + drawn.notes)


def images_of(content: bytes, where: str) -> set[str]:
    """Return the ids of the images of a file, which are their file names without suffix.

    Another kind of JSON has none.

    Raises:
        DataError: the file is damaged.
    """
    value = parse_json(content, where)
    entries = _entries(value, "images", where) if is_coco(value) else []
    return {_id(entry, where) for entry in entries}


def _entries(value: Any, key: str, where: str) -> list[Entry]:
    entries: list[Entry] = value[key]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DataError(f"{where}: its {key} are no list of objects; export it again")
    return entries


def _id(entry: Entry, where: str) -> str:
    if not isinstance(entry.get("file_name"), str):
        raise DataError(f"{where}: an image has no file_name; export it again")
    return image_id(entry["file_name"].replace("\\", "/"))


def _find_image(value: Any, where: str, image: ImageFacts) -> Entry:
    images = _entries(value, "images", where)
    entries = [entry for entry in images if _id(entry, where) == image.image]
    if len(entries) != 1:
        raise DataError(
            f"{where}: {len(entries)} of its images have the file name {image.image}; "
            "each image needs one entry"
        )
    entry = entries[0]
    if "height" in entry and "width" in entry:
        check_shape((entry["height"], entry["width"]), where, image)
    return entry


def _check_ids(value: Any, annotations: Sequence[Entry], where: str) -> None:
    """Raise DataError where it is not certain of which image an annotation is."""
    ids = [entry.get("id") for entry in _entries(value, "images", where)]
    if twice := [number for number, times in Counter(map(repr, ids)).items() if times > 1]:
        raise DataError(f"{where}: several of its images have the id {twice[0]}; export it again")
    known = set(map(repr, ids))
    lost = [a for a in annotations if repr(a.get("image_id")) not in known]
    if lost:
        names = name_some([str(annotation.get("id")) for annotation in lost])
        raise DataError(
            f"{where}: annotation {names} is of image_id {lost[0].get('image_id')!r}, and no image"
            " has this id; export it again"
        )


def _check_segmented(nuclei: Sequence[Entry], where: str) -> None:
    """Raise DataError where an annotation has neither outlines nor a mask."""
    bare = [a for a in nuclei if not isinstance(a.get("segmentation"), list | dict)]
    if bare := [*bare, *(a for a in nuclei if a.get("segmentation") == [])]:
        names = name_some([str(annotation.get("id")) for annotation in bare])
        raise DataError(
            f"{where}: annotation {names} has no segmentation; export outlines, not boxes"
        )


def _draw(outlined: Sequence[Entry], where: str, image: ImageFacts) -> Annotation:
    ids = [str(annotation.get("id")) for annotation in outlined]
    layers = [str(annotation.get("category_id", "")) for annotation in outlined]
    polygons = [
        [[_ring(flat, where, name)] for flat in annotation["segmentation"]]
        for name, annotation in zip(ids, outlined, strict=True)
    ]
    return draw_regions(collect_regions(ids, layers, polygons), where, image)


def _ring(flat: Any, where: str, name: str) -> np.ndarray:
    """Return the vertices of x, y, x, y, ..., from the first pixel's centre."""
    try:
        vertices = np.array(flat, float).reshape(-1, 2)
    except (TypeError, ValueError) as error:
        raise DataError(
            f"{where}: the outline of annotation {name} is damaged ({error}); export it again"
        ) from error
    if not np.isfinite(vertices).all():
        raise DataError(f"{where}: annotation {name} has a vertex that is not finite; correct it")
    return vertices - CENTRE


def _add_masks(labels: np.ndarray, masked: Sequence[Entry], where: str) -> np.ndarray:
    """Return labels with those of masks after them, where no other nucleus lies."""
    labels = labels.copy()
    last = int(labels.max(initial=0))
    for annotation in masked:
        name = f"{where}: the mask of annotation {annotation.get('id')}"
        free = decode_mask(annotation["segmentation"], labels.shape, name) & (labels == 0)
        last += bool(free.any())
        labels[free] = last
    return labels
