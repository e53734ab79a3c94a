"""Pictures that can only be decoded as a whole: PNG, JPEG, BMP, WebP and JPEG 2000."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
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
from nucleibench.images.faults import (
    black_and_white,
    check_size,
    grey,
    telling_damage,
    unknown,
    unsuitable,
)
from nucleibench.images.holes import FEW, StoredSamples, check_whole_blocks, describe_holes
from nucleibench.images.interface import Raster
from nucleibench.images.picture_tags import orientation, read_pixel_size
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
    row = tile.args[1]
    end = min(tile.offset + row * tile.extents[3], len(content))
    places = np.array([tile.offset]), np.array([end])
    pixel = FEW  # zeros that fill up a row are within it
    return StoredSamples(lambda first, last: content[first:last], *places, row, row, pixel)


def _decode_png(content: bytes) -> Decoded:
    with _open(BytesIO(content)) as image:
        image.verify()  # the sum of every chunk but the last, which decoding itself skips
    if END_OF_PNG not in content:
        raise ValueError("it has no end")
    return _decode_deep(content) if content[PNG_DEPTH_AT] == 16 else _decode_by_pillow(content)


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


def _decode_deep(content: bytes) -> Decoded:
    """Decode samples of any depth; Pillow would drop the lower bits, even where only they are."""
    with _silent_opencv():
        samples = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        raise ValueError("it cannot be decoded")
    channels = list(range(samples.shape[2]))
    samples = samples[..., [2, 1, 0, *channels[3:]]]
    bits = colours.bits_in_use(int(samples[..., :3].max()))
    stored = samples.dtype.itemsize * 8
    if stored == 8:
        return _with_alpha(samples, Encoding())
    note = colours.scaling_note(stored, bits, "by the largest sample")
    decoded = _with_alpha(samples, Encoding(bits=bits))
    return decoded._replace(notes=(note, *decoded.notes))


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
    bits = colours.bits_in_use(int(alpha.max()))
    notes = (colours.ALPHA,) if alpha.min() < (1 << bits) - 1 else ()
    return Decoded(
        samples,
        Encoding("RGB", encoding.bits, alpha="straight", alpha_bits=bits),
        notes,
    )


DECODERS: Mapping[str, Callable[[bytes], Decoded]] = {
    "PNG": _decode_png,
    "JPEG": _decode_jpeg,
    "MPO": _decode_jpeg,
    "BMP": _decode_by_pillow,
    "WEBP": _decode_by_pillow,
    "JPEG2000": _decode_deep,
}
"""By Pillow's name of the format."""
