"""The plain U-Net body: repeated 3x3 convolution, batch normalisation, ReLU (and dropout)."""

from collections.abc import Sequence

import keras
from keras import layers


def convolve(
    tensor: keras.KerasTensor, filters: int, name: str, size: int = 3, strides: int = 1
) -> keras.KerasTensor:
    """Apply a convolution of ``size`` x ``size``, batch normalisation and ReLU."""
    tensor = layers.Conv2D(
        filters,
        size,
        strides,
        padding="same",
        use_bias=False,
        kernel_initializer="he_uniform",
        name=f"{name}_conv",
    )(tensor)
    return normalize(tensor, name)


def normalize(tensor: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """Apply batch normalisation and ReLU."""
    tensor = layers.BatchNormalization(name=f"{name}_bn")(tensor)
    return layers.ReLU(name=f"{name}_relu")(tensor)


def encode(
    tensor: keras.KerasTensor, filters: Sequence[int], dropout: float
) -> list[keras.KerasTensor]:
    """Return the features of every level, finest first; each level halves the resolution."""
    levels = []
    for level, width in enumerate(filters):
        if level:
            tensor = layers.MaxPooling2D(name=f"encoder{level}_pool")(tensor)
        tensor = convolve(tensor, width, f"encoder{level}a")
        tensor = convolve(tensor, width, f"encoder{level}b")
        if dropout:
            tensor = layers.Dropout(dropout, name=f"encoder{level}_dropout")(tensor)
        levels.append(tensor)
    return levels


def decode(levels: Sequence[keras.KerasTensor]) -> keras.KerasTensor:
    """Join the levels from coarse to fine: up-sample, concatenate, two convolution blocks."""
    tensor = levels[-1]
    for level, skip in reversed(list(enumerate(levels[:-1]))):
        tensor = layers.UpSampling2D(name=f"decoder{level}_up")(tensor)
        tensor = layers.Concatenate(name=f"decoder{level}_concat")([tensor, skip])
        tensor = convolve(tensor, skip.shape[-1], f"decoder{level}a")
        tensor = convolve(tensor, skip.shape[-1], f"decoder{level}b")
    return tensor
