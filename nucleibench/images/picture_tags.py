"""What the headers of pictures say beside their pixels."""

from PIL import Image

from nucleibench.images.pixel_size import (
    MICROMETRES,
    PixelSize,
    Statement,
    choose_pixel_size,
    per_unit,
)

ORIENTATION = 0x0112
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x011A, 0x011B, 0x0128

START_OF_JPEG_2000 = b"\xff\x4f\xff\x51"
"""The markers SOC and SIZ."""

COMPONENTS_AT = 42
"""Bytes from there to the depth of the first component."""

UNITS = {2: MICROMETRES["inch"], 3: MICROMETRES["cm"]}
"""Micrometres in the units of EXIF and TIFF, by their number."""

JFIF_UNITS = {1: MICROMETRES["inch"], 2: MICROMETRES["cm"]}

STATED_AS = {"PNG": "PNG pHYs", "BMP": "BMP resolution", "JPEG2000": "JPEG 2000 resolution"}
"""Formats whose resolution Pillow gives as pixels in an inch, and what to call it."""


def orientation(image: Image.Image) -> int:
    """Return how EXIF asks viewers to turn a picture; 1 where it does not."""
    return int(_exif(image).get(ORIENTATION, 1))


def _exif(image: Image.Image) -> Image.Exif:
    """Return EXIF from the header; the method of PNG would decode the whole picture for it."""
    return Image.Image.getexif(image)


def read_pixel_size(image: Image.Image) -> PixelSize:
    """Return the pixel size that the header of a picture states."""
    return choose_pixel_size([*_own_statement(image), *_exif_statement(image)])


def _own_statement(image: Image.Image) -> list[Statement]:
    if image.format in ("JPEG", "MPO"):
        unit = JFIF_UNITS.get(image.info.get("jfif_unit", 0))
        horizontal, vertical = image.info.get("jfif_density", (0, 0))
        return per_unit("JPEG JFIF density", vertical, horizontal, unit) if unit else []
    if image.format in STATED_AS and "dpi" in image.info:
        horizontal, vertical = image.info["dpi"]
        return per_unit(STATED_AS[image.format], vertical, horizontal, MICROMETRES["inch"])
    return []


def _exif_statement(image: Image.Image) -> list[Statement]:
    exif = _exif(image)
    unit = UNITS.get(exif.get(RESOLUTION_UNIT, 0))
    if not unit or X_RESOLUTION not in exif or Y_RESOLUTION not in exif:
        return []
    return per_unit("EXIF resolution", exif[Y_RESOLUTION], exif[X_RESOLUTION], unit)


def png_bits(content: bytes) -> int:
    """Return how many bits of a PNG's samples are significant (sBIT); 0 where it does not say."""
    at = content.find(b"sBIT", 0, max(0, content.find(b"IDAT")))
    return 0 if at < 0 else max(content[at + 4 : at + 7])


def jpeg_2000_bits(content: bytes) -> int:
    """Return how many bits the first component of a JPEG 2000 has, as its code begins (SIZ).

    They are eight at least, and 0 where all of a 16-bit sample may be in use.

    Raises:
        ValueError: there is no such beginning.
    """
    bits = (content[content.index(START_OF_JPEG_2000) + COMPONENTS_AT] & 0x7F) + 1
    return max(8, bits) if bits < 16 else 0
