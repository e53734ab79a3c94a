"""What the tags and descriptions of a TIFF say of its pixels' size."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

from nucleibench.images.picture_tags import (
    ORIENTATION,
    RESOLUTION_UNIT,
    UNITS,
    X_RESOLUTION,
    Y_RESOLUTION,
)
from nucleibench.images.pixel_size import (
    MICROMETRES,
    PixelSize,
    Statement,
    choose_pixel_size,
    per_unit,
)

INCH = 2
"""The unit of a resolution where none is given."""


def read_pixel_size(tif: Any, page: Any) -> PixelSize:
    """Return the pixel size that a file of tifffile states of its first image."""
    return choose_pixel_size(found for read in READERS for found in read(tif, page))


def orientation(page: Any) -> int:
    """Return how a page asks viewers to turn it; 1 where it does not."""
    return int(page.tags.valueof(ORIENTATION, 1))


def channel_names(tif: Any) -> list[str]:
    """Return what OME or ImageJ call the channels of the first image, "" for those without a name.

    The list is empty where neither speaks of channels.
    """
    channels = _ome_elements(tif, "Channel")
    named = [channel.get("Name") or channel.get("Fluor") for channel in channels]
    labels = (tif.imagej_metadata or {}).get("Labels", []) if tif.is_imagej else []
    return [str(name or "").strip() for name in named or labels]


def _aperio(tif: Any, page: Any) -> Iterator[Statement]:
    found = re.search(r"\bMPP\s*=\s*([\d.]+)", page.description)
    if "Aperio" in page.description and found:
        yield Statement("aperio.mpp", float(found[1]), float(found[1]))


def _ome(tif: Any, page: Any) -> Iterator[Statement]:
    for pixels in _ome_elements(tif, "Pixels")[:1]:
        sides = [_ome_length(pixels, axis) for axis in "YX"]
        if all(sides):
            yield Statement("OME", *sides)


def _ome_elements(tif: Any, name: str) -> list[ElementTree.Element]:
    """Return the elements of a name that belong to the first image of OME-XML."""
    if not tif.is_ome:
        return []
    image = ElementTree.fromstring(tif.ome_metadata).find("{*}Image")
    return [] if image is None else image.findall(f".//{{*}}{name}")


def _ome_length(pixels: ElementTree.Element, axis: str) -> float:
    """Return a side of a pixel in micrometres; 0 where it is absent or not a length."""
    unit = pixels.get(f"PhysicalSize{axis}Unit", "µm").lower()
    return float(pixels.get(f"PhysicalSize{axis}", 0)) * MICROMETRES.get(unit, 0)


def _imagej(tif: Any, page: Any) -> Iterator[Statement]:
    """ImageJ counts pixels in a unit that its description names, and the tags do not."""
    if not tif.is_imagej or page.tags.valueof(RESOLUTION_UNIT, INCH) in UNITS:
        return
    unit = str((tif.imagej_metadata or {}).get("unit", "")).lower().replace("\\u00b5", "µ")
    if unit in MICROMETRES:
        yield from per_unit("ImageJ", *_resolutions(page), MICROMETRES[unit])


def _tags(tif: Any, page: Any) -> Iterator[Statement]:
    unit = page.tags.valueof(RESOLUTION_UNIT, INCH)
    if unit in UNITS:
        yield from per_unit("TIFF resolution", *_resolutions(page), UNITS[unit])


def _resolutions(page: Any) -> tuple[float, float]:
    """Return the vertical and the horizontal resolution; 0 where there is none."""
    return _ratio(page, Y_RESOLUTION), _ratio(page, X_RESOLUTION)


def _ratio(page: Any, tag: int) -> float:
    numerator, denominator = page.tags.valueof(tag, (0, 1))
    return numerator / denominator if denominator else 0.0


READERS: Sequence[Callable[[Any, Any], Iterator[Statement]]] = (_aperio, _ome, _imagej, _tags)
"""From the one that says most to the one that printers use."""
