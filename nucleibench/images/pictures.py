"""Pictures that can only be decoded as a whole: PNG, JPEG, BMP, WebP and JPEG 2000."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from threading import Lock
from typing import Any, BinaryIO, NamedTuple

import cv2
import numpy as np
import simplejpeg
from PIL import Image, ImageFile, UnidentifiedImageError

from nucleibench.errors import DataError
from nucleibench.images import colours
from nucleibench.images.colours import Encoding, to_rgb
from nucleibench.images.depth import (
    STATED,
    Depth,
    bits_in_use,
    count_samples,
    find_depth,
    scaling_note,
)
from nucleibench.images.faults import (
    black_and_white,
    check_size,
    grey,
    telling_damage,
    unknown,
    unsuitable,
)
from nucleibench.images.holes import StoredSamples, check_whole_blocks, describe_holes
from nucleibench.images.interface import Raster
from nucleibench.images.picture_tags import (
    jpeg_2000_bits,
    orientation,
    png_bits,
    read_pixel_size,
)
from nucleibench.images.pixel_size import PixelSize

END_OF_PNG = b"IEND\xaeB`\x82"

PNG_DEPTH_AT = 24
"""Where a PNG says how many bits a sample has."""

_LIMIT_LOCK = Lock()

REFUSED: Mapping[str, Callable[[str], DataError]] = {
    "1": black_and_white,
    **dict.fromkeys(("L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L"), grey),
}
"""Pillow's modes without colours."""


class Picture(Raster):
    """A picture that is held in memory."""

    def __init__(self, where: str, rgb: np.ndarray, size: PixelSize, notes: list[str]) -> None:
        """Take RGB uint8 of shape (height, width, 3)."""
        super().__init__(where, [(rgb.shape[0], rgb.shape[1])], size, notes)
        self._rgb = rgb

    def _read_inside(self, level: int, top: int, left: int, height: int, width: int) -> np.ndarray:
        return self._rgb[top : top + height, left : left + width].copy()


class Decoded(NamedTuple):
    """Samples uint8 or uint16 of shape (height, width, channels), and what they mean."""

    samples: np.ndarray
    encoding: Encoding
    notes: tuple[str, ...] = ()


def open_picture(stream: BinaryIO, where: str) -> Picture:
    """Decode a picture from the beginning of ``stream``, which messages call ``where``.

    Raises:
        DataError: it is damaged, too large, or has no colours that can be told for certain.
    """
    with telling_damage(where), _open(stream, where) as image:
        notes = _check_header(image, where)
        stream.seek(0)
        content = stream.read()
        notes += _check_blocks(content, image)
        decoded = DECODERS[image.format or ""](content)
        notes += decoded.notes
        rgb = to_rgb(decoded.samples, decoded.encoding)
        notes += [colours.COLOURLESS] if colours.colourless(rgb) else []
        return Picture(where, rgb, read_pixel_size(image), notes)


@contextmanager
def _lifted_limit() -> Iterator[None]:
    """Lift Pillow's limit of pixels, one thread at a time: ours is told in words."""
    with _LIMIT_LOCK:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = limit


@contextmanager
def _open(stream: BinaryIO, where: str = "") -> Iterator[ImageFile.ImageFile]:
    """Open a picture, of which nothing but the header is read yet."""
    known = [name for name in DECODERS if name != "MPO"]  # which begins as a JPEG
    try:
        with _lifted_limit():
            image = Image.open(stream, formats=known)
    except UnidentifiedImageError as error:
        raise unknown(where, (*known, "TIFF")) from error
    with image:
        yield image


def _check_header(image: Image.Image, where: str) -> list[str]:
    """Refuse what can be refused before it is decoded; return the notes."""
    check_size(where, image.height, image.width, f"a {image.format}")
    if image.mode in REFUSED:
        raise REFUSED[image.mode](where)
    notes = colours.orientation_note(orientation(image), "EXIF")
    pictures = getattr(image, "n_frames", 1)
    if pictures > 1 and image.format != "MPO":
        raise unsuitable(where, f"holds {pictures} pictures", "save the one that is meant alone")
    # Phones put small views and depth maps behind the photograph.
    return [*notes, f"the first of {pictures} pictures is taken"] if pictures > 1 else notes


def _check_blocks(content: bytes, image: ImageFile.ImageFile) -> list[str]:
    """Refuse a compressed picture that has a hole; tell of one in samples as they are."""
    if image.format == "BMP" and image.tile[0].codec_name == "raw":
        return describe_holes([_stored_samples(np.frombuffer(content, np.uint8), image.tile[0])])
    check_whole_blocks(content)
    return []


def _stored_samples(content: np.ndarray, tile: Any) -> StoredSamples:
    """Return where the samples of a BMP lie, which is to Pillow a tile with bytes of a row."""
    width, height = tile.extents[2:]
    bits, row = _bits_of_bmp(content), tile.args[1]
    inside, pixel = math.ceil(width * bits / 8), math.ceil(bits / 8)
    places = np.array([tile.offset]), np.array([min(tile.offset + row * height, len(content))])
    return StoredSamples(lambda first, last: content[first:last], *places, row, inside, pixel)


def _bits_of_bmp(content: np.ndarray) -> int:
    """Return how many bits a pixel has, which the oldest header of twelve bytes says earlier."""
    return int(content[24 if content[14] == 12 else 28])


def _decode_png(content: bytes) -> Decoded:
    with _open(BytesIO(content)) as image:
        image.verify()  # the sum of every chunk but the last, which decoding itself skips
    if END_OF_PNG not in content:
        raise ValueError("it has no end")
    deep = content[PNG_DEPTH_AT] == 16
    return _decode_deep_png(content) if deep else _decode_by_pillow(content)


def _decode_jpeg(content: bytes) -> Decoded:
    """Decode what simplejpeg calls whole; others draw grey over what is lost."""
    _, _, space, _ = simplejpeg.decode_jpeg_header(content)
    if space in ("CMYK", "YCCK"):
        # All that write CMYK follow Adobe, who stores the light and not the ink.
        inks = 255 - simplejpeg.decode_jpeg(content, "CMYK", strict=True)
        return Decoded(inks, Encoding("CMYK"), (colours.CMYK,))
    return Decoded(simplejpeg.decode_jpeg(content, "RGB", strict=True), Encoding())


def _decode_by_pillow(content: bytes) -> Decoded:
    """Decode samples of eight bits, and indices into a palette."""
    with _open(BytesIO(content)) as image:
        transparent = image.mode in ("RGBA", "PA") or "transparency" in image.info
        samples = np.asarray(image.convert("RGBA" if transparent else "RGB"))
    return _with_alpha(samples, Encoding()) if transparent else Decoded(samples, Encoding())


def _decode_deep_png(content: bytes) -> Decoded:
    """Decode samples of 16 bits, which are shifted to the left where fewer are significant."""
    samples = _decode_by_opencv(content)
    depth, stated = find_depth(count_samples(samples[..., :3])), png_bits(content)
    if 0 < stated < 16:
        # Some writers state how many are significant, and do not shift.
        depth = Depth(stated if depth.bits <= stated else 16, STATED)
    return _scaled(samples, depth)


def _decode_jpeg_2000(content: bytes) -> Decoded:
    samples, stated = _decode_by_opencv(content), jpeg_2000_bits(content)
    if samples.dtype == np.uint8:
        return _with_alpha(samples, Encoding())
    depth = Depth(stated, STATED) if stated else find_depth(count_samples(samples[..., :3]))
    return _scaled(samples, depth)


def _scaled(samples: np.ndarray, depth: Depth) -> Decoded:
    """Return samples of 16 bits with what is known of them."""
    decoded = _with_alpha(samples, Encoding(bits=depth.bits, cut=True))
    return decoded._replace(notes=(scaling_note(16, depth), *decoded.notes))


def _decode_by_opencv(content: bytes) -> np.ndarray:
    """Decode samples of any depth; Pillow would drop the lower bits, even where only they are."""
    with _silent_opencv():
        samples = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        raise ValueError("it cannot be decoded")
    return samples[..., [2, 1, 0, *range(3, samples.shape[2])]]


@contextmanager
def _silent_opencv() -> Iterator[None]:
    """Keep OpenCV from printing what it finds in damaged bytes; our error says it in words."""
    logging = cv2.utils.logging
    level = logging.setLogLevel(logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        logging.setLogLevel(level)


def _with_alpha(samples: np.ndarray, encoding: Encoding) -> Decoded:
    """Take a fourth channel as straight alpha, and tell it where it matters."""
    if samples.shape[2] == 3:
        return Decoded(samples, encoding)
    alpha = samples[..., 3]
    bits = bits_in_use(int(alpha.max()))
    notes = (colours.ALPHA,) if alpha.min() < (1 << bits) - 1 else ()
    return Decoded(
        samples,
        replace(encoding, alpha="straight", alpha_bits=bits),
        notes,
    )


DECODERS: Mapping[str, Callable[[bytes], Decoded]] = {
    "PNG": _decode_png,
    "JPEG": _decode_jpeg,
    "MPO": _decode_jpeg,
    "BMP": _decode_by_pillow,
    "WEBP": _decode_by_pillow,
    "JPEG2000": _decode_jpeg_2000,
}
"""By Pillow's name of the format."""
