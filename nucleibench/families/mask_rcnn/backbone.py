"""ResNet with a feature pyramid; layers are named as in the COCO weights that may be loaded."""

from collections.abc import Sequence
from string import ascii_lowercase

import keras
from keras import KerasTensor, layers

MEAN_PIXEL = (123.7, 116.8, 103.9)  # RGB mean of the images behind the COCO weights
FILTERS = (64, 128, 256, 512)  # of the four stages; their output has four times as many


def build_backbone(blocks: Sequence[int], channels: int, zoom: int) -> keras.Model:
    """Build RGB uint8 (batch, size, size, 3) -> maps P2..P6 with ``channels`` channels each.

    The maps are those of the image enlarged ``zoom`` times.
    """
    image = keras.Input((None, None, 3), dtype="uint8", name="image")
    pixels = layers.Rescaling(1.0, [-mean for mean in MEAN_PIXEL], name="center")(image)
    if zoom > 1:
        pixels = layers.UpSampling2D(zoom, interpolation="bilinear", name="zoom")(pixels)
    return keras.Model(image, _pyramid(_resnet(pixels, blocks), channels), name="backbone")


def _resnet(pixels: KerasTensor, blocks: Sequence[int]) -> list[KerasTensor]:
    # He et al. 2016, table 1; the stride sits in a stage's first 1x1 convolution, as in the paper.
    tensor = layers.ZeroPadding2D(3, name="conv1_pad")(pixels)
    tensor = layers.Conv2D(64, 7, strides=2, name="conv1")(tensor)
    tensor = layers.BatchNormalization(name="bn_conv1")(tensor)
    tensor = layers.ReLU(name="conv1_relu")(tensor)
    tensor = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1")(tensor)
    outputs = []
    for stage, (count, filters) in enumerate(zip(blocks, FILTERS, strict=True), start=2):
        for block in range(count):
            stride = 2 if block == 0 and stage > 2 else 1
            tensor = _block(tensor, f"{stage}{ascii_lowercase[block]}", filters, stride)
        outputs.append(tensor)
    return outputs


def _block(tensor: KerasTensor, name: str, filters: int, stride: int) -> KerasTensor:
    """Bottleneck; the first of a stage (letter a) projects its shortcut."""
    shortcut = tensor
    if name.endswith("a"):
        shortcut = _normalized(tensor, f"{name}_branch1", 4 * filters, 1, stride)
    tensor = _normalized(tensor, f"{name}_branch2a", filters, 1, stride)
    tensor = _normalized(layers.ReLU(name=f"res{name}_relu_a")(tensor), f"{name}_branch2b", filters)
    tensor = layers.ReLU(name=f"res{name}_relu_b")(tensor)
    tensor = _normalized(tensor, f"{name}_branch2c", 4 * filters, 1)
    tensor = layers.Add(name=f"res{name}_add")([tensor, shortcut])
    return layers.ReLU(name=f"res{name}_out")(tensor)


def _normalized(
    tensor: KerasTensor, name: str, filters: int, kernel: int = 3, stride: int = 1
) -> KerasTensor:
    convolution = layers.Conv2D(filters, kernel, strides=stride, padding="same", name=f"res{name}")
    return layers.BatchNormalization(name=f"bn{name}")(convolution(tensor))


def _pyramid(stages: Sequence[KerasTensor], channels: int) -> list[KerasTensor]:
    """Top-down path with lateral connections (Lin et al. 2017, section 3)."""
    merged: dict[int, KerasTensor] = {}
    for level, features in reversed(list(enumerate(stages, start=2))):
        lateral = layers.Conv2D(channels, 1, name=f"fpn_c{level}p{level}")(features)
        if level + 1 in merged:
            above = layers.UpSampling2D(name=f"fpn_p{level + 1}_up")(merged[level + 1])
            lateral = layers.Add(name=f"fpn_p{level}_add")([above, lateral])
        merged[level] = lateral
    smooth = [
        layers.Conv2D(channels, 3, padding="same", name=f"fpn_p{level}")(merged[level])
        for level in sorted(merged)
    ]
    return [*smooth, layers.MaxPooling2D(1, strides=2, name="fpn_p6")(smooth[-1])]
