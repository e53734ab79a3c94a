"""TNBC (Naylor et al. 2018): PNG images of triple-negative breast cancer with PNG masks.

Images lie in ``Slide_XX``, masks of the same name in ``GT_XX``; a slide is a patient. Masks come
in two kinds: with one value for all nuclei, or with one for each. In the former, touching pixels
are one nucleus, diagonal neighbours included (8-connectivity): so taken, the binary form of
the instance maps gives the same nuclei again, where 4-connectivity cuts pieces off some.
"""

import re
from collections.abc import Mapping

import numpy as np
from skimage.measure import label
from skimage.segmentation import relabel_sequential

from nucleibench.data.archives import Archive
from nucleibench.data.decoding import decode_mask, decode_rgb
from nucleibench.data.samples import Sample, members_by_image, pair_members
from nucleibench.errors import DataError

ORGAN = "breast"


def find_samples(archive: Archive, part: str, organs: Mapping[str, str]) -> list[Sample]:
    """Find the annotated images of a TNBC archive, sorted by id; all of them are of breast.

    Raises:
        DataError: there are none, or one lacks its counterpart.
    """
    images = members_by_image(archive, _files_in(archive, "Slide"))
    annotations = members_by_image(archive, _files_in(archive, "GT"))
    pairs = pair_members(archive, images, annotations)
    if not pairs:
        raise DataError(
            f"{archive.path}: holds no TNBC images (Slide_XX/*.png with GT_XX/*.png); "
            "is it the right archive?"
        )
    return [
        Sample(image, ORGAN, _slide(slide), part, archive.path, slide, mask)
        for image, slide, mask in pairs
    ]


def _files_in(archive: Archive, folder: str) -> list[str]:
    pattern = re.compile(rf"(.*/)?{folder}_[^/]+/[^/]+\.png", re.IGNORECASE)
    return [name for name in archive.names() if pattern.fullmatch(name)]


def _slide(member: str) -> str:
    """Return ``01`` for ``.../Slide_01/01_1.png``."""
    return member.split("/")[-2].partition("_")[2]


def read_sample(archive: Archive, sample: Sample) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Read an image and its mask.

    Returns:
        RGB uint8 (height, width, 3); labels int32 (height, width), 0 = background; and no notes.

    Raises:
        DataError: either is unreadable, or their sizes disagree.
    """
    where = f"{archive.path}: {{}}".format
    image = decode_rgb(archive.read(sample.image_member), where(sample.image_member))
    mask = decode_mask(archive.read(sample.annotation_member), where(sample.annotation_member))
    if mask.shape != image.shape[:2]:
        raise DataError(
            f"{archive.path}: {sample.image_member} has {_size(image)} pixels but "
            f"{sample.annotation_member} has {_size(mask)}; restore the right one"
        )
    return image, instances(mask), []


def _size(image: np.ndarray) -> str:
    return f"{image.shape[1]} x {image.shape[0]}"


def instances(mask: np.ndarray) -> np.ndarray:
    """Turn a mask, binary or with one value for each nucleus, into labels 1, 2, ... without gaps.

    Args:
        mask: integers (height, width), 0 = background.

    Returns:
        int32 (height, width).
    """
    values = np.unique(mask)
    if np.count_nonzero(values) <= 1:
        return label(mask > 0, connectivity=2).astype(np.int32)
    return relabel_sequential(mask.astype(np.int64))[0].astype(np.int32)
