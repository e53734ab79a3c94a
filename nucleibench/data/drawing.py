"""Outlined regions to the labels of an image, whatever kind of file they come from."""

import numpy as np

from nucleibench.data.annotations import Annotation, ImageFacts
from nucleibench.data.frames import leave_out_frames
from nucleibench.data.odd_outlines import describe_outlines
from nucleibench.data.polygons import rasterize_polygons
from nucleibench.data.regions import Regions, drop_short_regions
from nucleibench.errors import DataError

OUTSIDE_TOLERANCE = 16
"""Pixels by which outlines may leave the image; those of the official MoNuSeg files do by 2.9."""

CORNER = 0.6
"""Part of the image's width and height in which all outlines lie if they are of another scale."""

ENOUGH = 5
"""Outlines that say for certain where nuclei lie."""

FEW = 2
"""Outlines that are told of. They must lie where they would in micrometres: as much of the image as
a pixel has micrometres."""

SMALLEST_NUCLEUS = 3.0
"""Micrometres. Outlines of a smaller median diameter that besides lie in one corner are of another
unit. The diameter alone does not tell: the smallest median of 71 real images is 2.6."""

REMEDY = "outlines in micrometres, or of another level of a slide, must be brought to its pixels"


def draw_regions(regions: Regions, where: str, image: ImageFacts) -> Annotation:
    """Draw regions into a label map; where several cover a pixel, the first one has it.

    Frames are told apart from nuclei, and regions that enclose nothing are left out; both are told.

    Args:
        regions: in pixels of the image.
        where: what messages call the annotation.
        image: the image.

    Raises:
        DataError: the regions do not fit the image.
    """
    drawn, short = drop_short_regions(regions)
    # Of another level, nuclei are so large that they pass for frames, which may leave the image.
    _check_fit(drawn, where, image.shape, wholly=True)
    nuclei, notes = leave_out_frames(drawn, image)
    _check_fit(nuclei if len(nuclei) else drawn, where, image.shape)
    drawn = nuclei
    notes += _check_scale(drawn, where, image) + describe_outlines(drawn)
    notes += tuple(f"region {name} has fewer than three vertices and is skipped" for name in short)
    labels = rasterize_polygons(
        drawn.vertices, drawn.offsets, image.shape, drawn.owners, drawn.hole_of
    )
    return Annotation(labels, notes + _describe_hidden(len(drawn), int(labels.max(initial=0))))


def _check_fit(regions: Regions, where: str, shape: tuple[int, int], wholly: bool = False) -> None:
    """Raise a DataError where a region leaves the image, or, ``wholly``, lies outside of it."""
    low, high = regions.boxes
    first, last = (high, low) if wholly else (low, high)
    end = np.array(shape[::-1]) + OUTSIDE_TOLERANCE
    if (first < -OUTSIDE_TOLERANCE).any() or (last > end).any():
        raise DataError(_describe_extent(regions, where, shape))


def _describe_extent(regions: Regions, where: str, shape: tuple[int, int]) -> str:
    low, high = regions.vertices.min(axis=0), regions.vertices.max(axis=0)
    height, width = shape
    return (
        f"{where}: outlines from ({low[0]:g}, {low[1]:g}) to ({high[0]:g}, {high[1]:g}) do not "
        f"fit an image of {width} x {height} pixels; is it the annotation of another image or "
        "level, or of the slide from which the image was cut? Outlines are in pixels of the image"
    )


def _check_scale(regions: Regions, where: str, image: ImageFacts) -> tuple[str, ...]:
    """Return a note where outlines may be in other units than pixels of the image.

    Raises:
        DataError: they lie in one corner of the image and are smaller than nuclei.
    """
    if len(regions) < FEW:
        return ()
    height, width = image.shape
    extent = (regions.boxes[1].max(axis=0) / (width, height)).max()
    area = np.median(regions.areas[regions.is_outer])
    diameter = 2 * np.sqrt(area / np.pi) * image.pixel_size
    few, small = len(regions) < ENOUGH, diameter < SMALLEST_NUCLEUS
    if extent > (image.pixel_size if few else CORNER) or (few and not small):
        return ()
    found = (
        f"all {len(regions)} outlines lie in the upper left {extent:.0%} of the image's width and "
        f"height, and their median diameter would be {diameter:.1f} micrometres"
    )
    if small and not few:
        raise DataError(f"{where}: {found}, so they are not in pixels of the image; {REMEDY}")
    return (f"{found}; {REMEDY}",)


def _describe_hidden(regions: int, nuclei: int) -> tuple[str, ...]:
    if regions == nuclei:
        return ()
    return (
        f"{regions - nuclei} of {regions} regions get no pixel: they lie outside the image, "
        "between the centres of pixels, or under regions that come before them",
    )
