"""From samples as a file stores them to RGB uint8."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Encoding:
    """How the samples of a pixel are meant.

    Attributes:
        model: a key of ``MODELS``.
        bits: in use in each sample of colour.
        cut: whether larger samples are cut to these bits; otherwise the file is damaged.
        alpha: ``straight``, ``premultiplied``, or "" where no sample after the colours is one.
        alpha_bits: in use in the sample of alpha.
        palette: colours by index, RGB uint8 of shape (colours, 3); of the model palette only.
    """

    model: str = "RGB"
    bits: int = 8
    cut: bool = False
    alpha: str = ""
    alpha_bits: int = 8
    palette: np.ndarray | None = None


@dataclass(frozen=True)
class Model:
    """A way of writing colours: how many samples it has, and how they become RGB."""

    samples: int
    to_rgb: Callable[[np.ndarray], np.ndarray]


def _from_cmyk(samples: np.ndarray) -> np.ndarray:
    """Return how much light four inks leave, without the profile of a press."""
    light = 255 - samples.astype(np.uint16)
    return ((light[..., :3] * light[..., 3:] + 127) // 255).astype(np.uint8)


def _from_ycbcr(samples: np.ndarray) -> np.ndarray:
    """Return the colours of luma and chroma in full range (JFIF)."""
    luma, blue, red = np.moveaxis(samples, 2, 0)
    return cv2.cvtColor(np.dstack([luma, red, blue]), cv2.COLOR_YCrCb2RGB)


MODELS: Mapping[str, Model] = {
    "RGB": Model(3, lambda samples: samples),
    "CMYK": Model(4, _from_cmyk),
    "YCbCr": Model(3, _from_ycbcr),
    "palette": Model(1, lambda samples: samples),
}


def to_rgb(samples: np.ndarray, encoding: Encoding) -> np.ndarray:
    """Return the colours of pixels, on white where they are transparent.

    Args:
        samples: uint8 or uint16 of shape (height, width, channels).
        encoding: what they mean.

    Returns:
        RGB uint8 of shape (height, width, 3).

    Raises:
        ValueError: a sample needs more bits than the encoding says are in use.
    """
    model = MODELS[encoding.model]
    if encoding.palette is not None:
        rgb = _look_up(samples[..., 0], encoding.palette)
    else:
        own = samples[..., : model.samples]
        rgb = model.to_rgb(to_eight_bits(own, encoding.bits, encoding.cut))
    if encoding.alpha:
        alpha = to_eight_bits(samples[..., model.samples], encoding.alpha_bits)
        rgb = on_white(rgb, alpha, premultiplied=encoding.alpha == "premultiplied")
    return rgb


def _look_up(indices: np.ndarray, palette: np.ndarray) -> np.ndarray:
    if indices.max(initial=0) >= len(palette):
        raise ValueError(f"colour {indices.max()} of a palette of {len(palette)}")
    return palette[indices]


def to_eight_bits(samples: np.ndarray, bits: int, cut: bool = False) -> np.ndarray:
    """Return the highest eight of the bits in use; larger samples may be cut to them.

    Raises:
        ValueError: a sample needs more bits, and is not cut.
    """
    if samples.dtype == np.uint8:
        return samples
    highest = int(samples.max(initial=0))
    if highest >= 1 << bits:
        if not cut:
            raise ValueError(f"a sample of {highest} is more than {bits} bits hold")
        samples = np.minimum(samples, (1 << bits) - 1)
    return (samples >> (bits - 8)).astype(np.uint8)


def on_white(rgb: np.ndarray, alpha: np.ndarray, premultiplied: bool) -> np.ndarray:
    """Lay colours on white glass.

    Args:
        rgb: uint8 of shape (height, width, 3).
        alpha: uint8 of shape (height, width); 0 is transparent.
        premultiplied: whether the colours are already darkened by alpha.
    """
    if alpha.min(initial=255) == 255:
        return rgb
    share = alpha[..., None].astype(np.uint16)
    own = rgb.astype(np.uint16) if premultiplied else (rgb * share + 127) // 255
    return np.minimum(own + (255 - share), 255).astype(np.uint8)


def colourless(rgb: np.ndarray) -> bool:
    """Tell whether three channels hold one grey; a coloured image shows it in a few pixels."""
    return all(bool((part == part[..., :1]).all()) for part in (rgb[::16, ::16], rgb))


COLOURLESS = "red, green and blue are equal everywhere: a grey image, where H&E has colour"
ALPHA = "has transparent parts, which are taken as white glass"
ALPHA_CHANNEL = "has a channel of transparency (alpha): transparent parts are taken as white glass"
CMYK = "was converted from CMYK without the profile of a press, so that colours are approximate"


def orientation_note(orientation: int, where: str) -> list[str]:
    """Say that an order to viewers to turn the image was not followed."""
    if orientation in (0, 1):
        return []
    return [f"{where} orientation {orientation} is not applied: pixels are taken as stored"]
