"""A U-Net body for ordinary processors: it computes at half resolution and answers at full.

A nucleus at 40x is 20 to 40 pixels wide, so half the resolution still shows it, at a quarter of the
cost. The last layer is a transposed convolution whose 2 x 2 kernel gives each pixel weights of its
own, so that outlines keep their sharpness. Skip connections are added, not concatenated: half the
work of the decoder's first convolutions. `bench/bench_compact.py` measures both choices.
"""

from collections.abc import Sequence

import keras
from keras import layers

from nucleibench.errors import ConfigurationError
from nucleibench.families.unet.encoders import Encoder
from nucleibench.families.unet.plain import convolve, normalize

# Widths of the levels, from 1/2 to 1/32 of the resolution; 2.7 million weights with the decoder.
COMPACT_FILTERS = (24, 48, 96, 192, 256)
FULL_RESOLUTION_FILTERS = 16


def build_compact(filters: Sequence[int] = COMPACT_FILTERS) -> keras.Model:
    """Build the body: pixels (batch, height, width, 3) -> features (batch, height, width, 16).

    Height and width must be multiples of 2 ** len(filters).
    """
    pixels = keras.Input((None, None, 3))
    return keras.Model(pixels, answer_full(encode_half(pixels, filters)), name="compact")


def encode_half(pixels: keras.KerasTensor, filters: Sequence[int]) -> list[keras.KerasTensor]:
    """Return the features of every level, from half the resolution down."""
    tensor = convolve(pixels, filters[0], "encoder0_half", size=4, strides=2)
    levels = [convolve(tensor, filters[0], "encoder0")]
    for level, width in enumerate(filters[1:], start=1):
        tensor = layers.MaxPooling2D(name=f"encoder{level}_pool")(levels[-1])
        tensor = convolve(tensor, width, f"encoder{level}a")
        levels.append(convolve(tensor, width, f"encoder{level}b"))
    return levels


def answer_full(levels: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """Join the levels, the finest at half the resolution, to 16 features at full resolution."""
    features = layers.Conv2DTranspose(
        FULL_RESOLUTION_FILTERS, 2, strides=2, use_bias=False, name="full_conv"
    )(_decode(levels))
    return normalize(features, "full")


def _decode(levels: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    tensor = levels[-1]
    for level, skip in reversed(list(enumerate(levels[:-1]))):
        width = skip.shape[-1]
        tensor = convolve(tensor, width, f"decoder{level}_narrow", size=1)
        tensor = layers.UpSampling2D(name=f"decoder{level}_up")(tensor)
        tensor = layers.Add(name=f"decoder{level}_add")([tensor, skip])
        tensor = convolve(tensor, width, f"decoder{level}a")
        tensor = convolve(tensor, width, f"decoder{level}b")
    return tensor


def _body(weights: str | None, freeze: bool) -> keras.Model:
    if weights or freeze:
        raise ConfigurationError("the compact encoder has no pretrained weights and none to freeze")
    return build_compact()


COMPACT = Encoder("unit", _body)
