"""How the samples of a TIFF page are meant, out of its tags."""

from dataclasses import replace
from typing import Any

import numpy as np

from nucleibench.images import colours
from nucleibench.images.colours import MODELS, Encoding
from nucleibench.images.depth import (
    FULL,
    STATED,
    Depth,
    bits_in_use,
    count_samples,
    find_depth,
    scaling_note,
)
from nucleibench.images.faults import AS_RGB, black_and_white, grey, unsuitable
from nucleibench.images.picture_tags import jpeg_2000_bits
from nucleibench.images.tiff_pixels import (
    JPEG_2000_COMPRESSIONS,
    JPEG_COMPRESSIONS,
    Pixels,
    read_segment,
)

MODEL_BY_PHOTOMETRIC = {1: "RGB", 2: "RGB", 3: "palette", 5: "CMYK", 6: "YCbCr"}
WHITE_IS_ZERO, BLACK_IS_ZERO, YCBCR = 0, 1, 6

ALPHA_BY_EXTRA_SAMPLE = {1: "premultiplied", 2: "straight"}

INK_SET, CMYK_INKS = 332, 1
MOST_TAGS = (281, 341)
"""MaxSampleValue and SMaxSampleValue."""

MOST_LOOKED_THROUGH = 2**26
"""Pixels of a 16-bit image whose bits in use are looked for."""

UNNAMED = "three channels of no stated colour are taken as red, green and blue"
LEFT_OUT = "a fourth channel of no stated meaning is left out"


def read_encoding(
    page: Any, pixels: Pixels, names: list[str], where: str
) -> tuple[Encoding, list[str]]:
    """Return how the samples of a page are meant, and notes.

    Args:
        page: of tifffile; the first one, where the channels are pages.
        pixels: its samples.
        names: of the channels, where the file names them.
        where: what messages call it.

    Raises:
        DataError: they are grey, of another kind than whole numbers of up to 16 bits, or of
            colours that cannot be told for certain.
    """
    channels = pixels.shape[2]
    _check_colours(page, channels, names, where)
    _check_samples(page, where)
    model = model_of(page)
    alpha, notes = _alpha(page, channels - MODELS[model].samples)
    if page.photometric == BLACK_IS_ZERO:
        notes.append(UNNAMED)
    if model == "CMYK":
        notes.append(colours.CMYK)
    if model == "palette":
        return Encoding(model, alpha=alpha, palette=_palette(page)), notes
    encoding, scaling = _depth(page, pixels, Encoding(model, alpha=alpha), where)
    return encoding, notes + scaling


def model_of(page: Any) -> str:
    """Return the model of a page's decoded samples: decoders of JPEG give RGB for YCbCr."""
    model = MODEL_BY_PHOTOMETRIC[page.photometric]
    decoded = page.compression in JPEG_COMPRESSIONS and not page.extrasamples
    return "RGB" if model == "YCbCr" and decoded else model


def _check_colours(page: Any, channels: int, names: list[str], where: str) -> None:
    """Raise DataError where there are other channels than those of one colour model."""
    if page.bitspersample == 1:
        raise black_and_white(where)
    if _is_grey(page, channels):
        raise grey(where)
    if page.photometric not in MODEL_BY_PHOTOMETRIC:
        name = getattr(page.photometric, "name", page.photometric)
        raise unsuitable(where, f"has colours of the kind {name}, which are not read", AS_RGB)
    if page.photometric == YCBCR and page.is_subsampled and model_of(page) == "YCbCr":
        raise unsuitable(where, "has halved colours (YCbCr) that are not JPEG", AS_RGB)
    if page.tags.valueof(INK_SET, CMYK_INKS) != CMYK_INKS:
        raise unsuitable(where, "has other inks than CMYK", AS_RGB)
    _check_channels(page, channels, names, where)


def _is_grey(page: Any, channels: int) -> bool:
    alpha = sum(extra in ALPHA_BY_EXTRA_SAMPLE for extra in page.extrasamples)
    return page.photometric in (WHITE_IS_ZERO, BLACK_IS_ZERO) and channels - alpha == 1


def _check_channels(page: Any, channels: int, names: list[str], where: str) -> None:
    least = MODELS[model_of(page)].samples
    most = least if page.photometric == BLACK_IS_ZERO else least + 1
    if not least <= channels <= most:
        named = f" ({', '.join(filter(None, names))})" if any(names) else ""
        raise unsuitable(
            where, f"holds {channels} channels{named}, where H&E has red, green and blue", AS_RGB
        )


def _check_samples(page: Any, where: str) -> None:
    """Raise DataError where a sample is no whole number of 8 to 16 bits, or no colour's number."""
    bits = page.bitspersample
    kind = page.dtype.kind if page.dtype is not None else ""
    few = kind == "u" and isinstance(bits, int) and bits < 8 and page.photometric != 3
    if kind == "u" and isinstance(bits, int) and bits <= 16 and not few:
        return
    known = {"f": "floating-point samples", "i": "signed samples", "c": "complex samples"}
    what = known.get(kind, f"samples of {bits} bits")
    raise unsuitable(where, f"has {what}, whose range is not that of an image", AS_RGB)


def _alpha(page: Any, extra: int) -> tuple[str, list[str]]:
    """Return how a channel after the colours is transparency, and a note."""
    if not extra:
        return "", []
    alpha = ALPHA_BY_EXTRA_SAMPLE.get(page.extrasamples[0] if page.extrasamples else 0, "")
    return alpha, [colours.ALPHA_CHANNEL if alpha else LEFT_OUT]


def _palette(page: Any) -> np.ndarray:
    """Return the colours by index as RGB uint8; some write 8 bits where there should be 16."""
    palette = np.asarray(page.colormap).T
    return (palette >> 8 if palette.max() > 255 else palette).astype(np.uint8)


def _depth(page: Any, pixels: Pixels, encoding: Encoding, where: str) -> tuple[Encoding, list[str]]:
    """Return the encoding with the bits in use, and a note where they are more than eight."""
    stored = page.bitspersample
    if stored == 8:
        return encoding, []
    if stored < 16:
        depth = Depth(stored, STATED)
        return replace(encoding, bits=stored, alpha_bits=stored), [scaling_note(stored, depth)]
    if not encoding.alpha and (bits := _stated_bits(page)):
        return replace(encoding, bits=bits), [scaling_note(stored, Depth(bits, STATED))]
    counts = _count_samples(pixels, where)
    samples = MODELS[encoding.model].samples
    depth = find_depth(sum(counts[1:samples], counts[0]))
    alpha_bits = bits_in_use(int(counts[samples].nonzero()[0].max())) if encoding.alpha else 8
    encoding = replace(encoding, bits=depth.bits, cut=True, alpha_bits=alpha_bits)
    return encoding, [scaling_note(stored, depth)]


def _stated_bits(page: Any) -> int:
    """Return how many bits are in use, as tags or the code itself say; 0 where they do not."""
    if page.compression in JPEG_2000_COMPRESSIONS:
        return jpeg_2000_bits(read_segment(page, 0))
    most = _stated_most(page)
    return max(8, most.bit_length()) if most else 0


def _stated_most(page: Any) -> int:
    """Return the largest sample that tags allow; 0 where they allow all that 16 bits hold."""
    stated = [np.max(page.tags.valueof(tag)) for tag in MOST_TAGS if page.tags.get(tag)]
    return int(stated[0]) if stated and 0 < stated[0] < 2**16 - 1 else 0


def _count_samples(pixels: Pixels, where: str) -> list[np.ndarray]:
    """Return how often each value occurs in every channel, int64 (65536,) each."""
    height, width, channels = pixels.shape
    if height * width > MOST_LOOKED_THROUGH:
        raise unsuitable(
            where,
            f"has 16-bit samples, does not state how many bits are in use, and with {width} x "
            f"{height} pixels is too large to look for them",
            AS_RGB,
        )
    counts = [np.zeros(FULL + 1, np.int64) for _ in range(channels)]
    for band in pixels.bands():
        for channel, found in enumerate(counts):
            found += count_samples(band[..., channel])
    return counts
