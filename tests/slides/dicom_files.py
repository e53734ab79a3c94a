"""Small DICOM slides, written element by element."""

import io
import struct

import numpy as np
from PIL import Image

WHOLE_SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"
JPEG = "1.2.840.10008.1.2.4.50"
TILE = 64
LONG = ("OB", "SQ")
UNDEFINED = 0xFFFFFFFF


def element(tag, kind, value):
    """Bytes of an element with its kind of value; texts are filled up to an even length."""
    if isinstance(value, str):
        value = value.encode()
        value += (b"\0" if kind == "UI" else b" ") * (len(value) % 2)
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + kind.encode()
    length = struct.pack("<HI", 0, len(value)) if kind in LONG else struct.pack("<H", len(value))
    return head + length + value


def sequence(tag, *elements, open_ended=False):
    """Bytes of a sequence with one item; lengths are stated, or ends are marked."""
    content = b"".join(elements)
    if not open_ended:
        return element(tag, "SQ", item(content))
    start = struct.pack("<HH2sHI", tag >> 16, tag & 0xFFFF, b"SQ", 0, UNDEFINED)
    first = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
    ends = [struct.pack("<HHI", 0xFFFE, end, 0) for end in (0xE00D, 0xE0DD)]
    return b"".join([start, first, content, *ends])


def item(content):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def tiles(image):
    """JPEGs of the tiles of an image, white beyond it."""
    for top in range(0, image.shape[0], TILE):
        for left in range(0, image.shape[1], TILE):
            tile = np.full((TILE, TILE, 3), 255, np.uint8)
            part = image[top : top + TILE, left : left + TILE]
            tile[: part.shape[0], : part.shape[1]] = part
            stream = io.BytesIO()
            Image.fromarray(tile).save(stream, "JPEG", quality=95, subsampling=0)
            yield stream.getvalue() + b"\0" * (len(stream.getvalue()) % 2)


def dicom(image, series, number, pixel_size=0.5, flavour="VOLUME", open_ended=False):
    """Bytes of a level of a DICOM slide, or of its label.

    Args:
        image: RGB uint8 (height, width, 3).
        series: the SeriesInstanceUID.
        number: of the file in the series, from 1.
        pixel_size: in micrometres.
        flavour: of the image.
        open_ended: whether ends of sequences are marked.
    """
    height, width = image.shape[:2]
    frames, instance = list(tiles(image)), f"{series}.{number}"
    short, long = (lambda value, form=form: struct.pack(form, value) for form in ("<H", "<I"))
    spacing = f"{pixel_size / 1000}\\{pixel_size / 1000}"
    measures = sequence(0x00289110, element(0x00280030, "DS", spacing))
    other = element(0x0020000E, "UI", "9.9.9")  # of another series, that this one refers to
    meta = b"".join(
        [
            element(0x00020001, "OB", b"\0\1"),
            element(0x00020002, "UI", WHOLE_SLIDE),
            element(0x00020003, "UI", instance),
            element(0x00020010, "UI", JPEG),
            element(0x00020012, "UI", "1.2.3"),
        ]
    )
    kind = "ORIGINAL" if number == 1 else "DERIVED"
    made = "NONE" if number == 1 else "RESAMPLED"
    body = [
        element(0x00080008, "CS", f"{kind}\\PRIMARY\\{flavour}\\{made}"),
        element(0x00080016, "UI", WHOLE_SLIDE),
        element(0x00080018, "UI", instance),
        element(0x00080060, "CS", "SM"),
        sequence(0x00081115, other, open_ended=open_ended),
        element(0x0020000D, "UI", "1.2.5"),
        element(0x0020000E, "UI", series),
        element(0x00200013, "IS", str(number)),
        element(0x00200052, "UI", "1.2.6"),
        element(0x00209311, "CS", "TILED_FULL"),
        element(0x00280002, "US", short(3)),
        element(0x00280004, "CS", "YBR_FULL_422"),
        element(0x00280006, "US", short(0)),
        element(0x00280008, "IS", str(len(frames))),
        element(0x00280010, "US", short(TILE)),
        element(0x00280011, "US", short(TILE)),
        element(0x00280100, "US", short(8)),
        element(0x00280101, "US", short(8)),
        element(0x00280102, "US", short(7)),
        element(0x00280103, "US", short(0)),
        element(0x00480001, "FL", struct.pack("<f", width * pixel_size / 1000)),
        element(0x00480002, "FL", struct.pack("<f", height * pixel_size / 1000)),
        element(0x00480006, "UL", long(width)),
        element(0x00480007, "UL", long(height)),
        sequence(0x00480105, element(0x00480106, "SH", "1"), open_ended=open_ended),
        element(0x00480302, "UL", long(1)),
        element(0x00480303, "UL", long(1)),
        sequence(0x52009229, measures, open_ended=open_ended),
    ]
    pixels = struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, UNDEFINED)
    end = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
    group = element(0x00020000, "UL", long(len(meta)))
    parts = [bytes(128), b"DICM", group, meta, *body, pixels, item(b""), *map(item, frames), end]
    return b"".join(parts)
