"""Synthetic datasets in the official layouts, for a run without downloads and for tests."""

import zlib
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from nucleibench.data.formats import plan_synthetic_images
from nucleibench.data.staining import stain
from nucleibench.data.tissue import TISSUES, Layout, lay_out
from nucleibench.files import atomic_path


def write_synthetic_archive(
    format: str, path: str | Path, part: str, seed: int, images: int, size: int
) -> None:
    """Write a zip file of synthetic H&E images with exact annotations in an official layout.

    The same arguments give the same bytes.

    Args:
        format: a key of ``FORMATS``.
        path: where the archive goes.
        part: name of the archive within the dataset; a format can have parts of its own.
        seed: images differ by seed, and within a seed from each other.
        images: number of images.
        size: their side in pixels.

    Raises:
        ConfigurationError: the format is unknown or cannot be drawn, has no such part, or has no
            ids for so many images.
    """
    planned = plan_synthetic_images(format, part, images)
    with atomic_path(path) as temporary, ZipFile(temporary, "w", ZIP_STORED) as archive:
        for plan in planned:
            image, tissue = draw_image(plan.organ, plan.image, seed, size)
            content, annotation = plan.encode(image, tissue.labels, tissue.outlines)
            # ZipInfo has a fixed date, a bare name would take that of today.
            archive.writestr(ZipInfo(plan.image_member), content)
            archive.writestr(ZipInfo(plan.annotation_member), annotation)


def draw_image(organ: str, image: str, seed: int, size: int) -> tuple[np.ndarray, Layout]:
    """Draw one image; its id and the seed decide every detail.

    Args:
        organ: a key of ``TISSUES``.
        image: id of the image.
        seed: seed of all images.
        size: side in pixels.

    Returns:
        RGB uint8 (size, size, 3) and the tissue in it, with outlines and labels.
    """
    random = np.random.default_rng([seed, zlib.crc32(image.encode())])
    tissue = lay_out(TISSUES[organ], size, random)
    return stain(TISSUES[organ], tissue, random), tissue
