"""MoNuSeg (Kumar et al. 2017, 2020): TIFF images of nine organs with Aperio XML outlines.

The training archive keeps images and annotations in two folders, the test archive side by side;
they are paired by file name, wherever they lie.
"""

from collections.abc import Mapping

import numpy as np

from nucleibench.data.aperio import Regions, drop_short_regions, read_regions
from nucleibench.data.archives import Archive
from nucleibench.data.decoding import decode_rgb
from nucleibench.data.official import organ_of
from nucleibench.data.polygons import rasterize_polygons
from nucleibench.data.samples import Sample, members_by_image, pair_members
from nucleibench.errors import DataError

OUTSIDE_TOLERANCE = 16
"""Pixels by which outlines may leave the image; those of the official files do by up to 2.9."""


def find_samples(archive: Archive, part: str, organs: Mapping[str, str]) -> list[Sample]:
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


def read_sample(archive: Archive, sample: Sample) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Read an image and draw its outlines.

    Returns:
        RGB uint8 (height, width, 3); labels int32 (height, width), 0 = background; and notes on
        what was left out.
    """
    where = f"{archive.path}: {{}}".format
    image = decode_rgb(archive.read(sample.image_member), where(sample.image_member))
    name = where(sample.annotation_member)
    regions, short = drop_short_regions(read_regions(archive.read(sample.annotation_member), name))
    _check_extent(regions, image.shape[:2], name)
    notes = [
        f"{sample.image}: region {region} has fewer than three vertices and is skipped"
        for region in short
    ]
    return image, rasterize_polygons(regions.vertices, regions.offsets, image.shape[:2]), notes


def _check_extent(regions: Regions, shape: tuple[int, int], name: str) -> None:
    if not len(regions.vertices):
        return
    low, high = regions.vertices.min(axis=0), regions.vertices.max(axis=0)
    height, width = shape
    if min(low) < -OUTSIDE_TOLERANCE or any(high > np.array([width, height]) + OUTSIDE_TOLERANCE):
        raise DataError(
            f"{name}: outlines from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}) do not "
            f"fit an image of {width} x {height} pixels; is it the annotation of another image?"
        )
