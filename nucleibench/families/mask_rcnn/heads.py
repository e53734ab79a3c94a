"""The three heads; layers are named as in the COCO weights that may be loaded.

Outputs are float32 logits whatever the precision policy: half precision ruins the logarithms.
"""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from nucleibench.families.mask_rcnn.constants import BOX_BINS, CLASSES, MASK_BINS, RATIOS

# These depend on the classes: COCO's 80 against nuclei. They always start afresh.
CLASS_LAYERS = ("mrcnn_class_logits", "mrcnn_bbox_fc", "mrcnn_mask")


class DoubleResolution(layers.Layer):
    """Transposed 2x2 convolution with stride 2, as one matrix product.

    Its windows do not overlap, so each pixel becomes four on its own. XLA takes a hundred times
    longer for the gradient of the general operation on a processor.
    """

    def __init__(self, filters: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters = filters

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Create the weights; the kernel is (2, 2, filters, channels), as Keras lays it out."""
        self.kernel = self.add_weight((2, 2, self.filters, shape[-1]), name="kernel")
        self.bias = self.add_weight((self.filters,), initializer="zeros", name="bias")

    def call(self, maps: KerasTensor) -> KerasTensor:
        """Turn maps (batch, height, width, channels) into (batch, 2 height, 2 width, filters)."""
        _, height, width, _ = maps.shape
        parts = ops.einsum("bhwc,ijfc->bhiwjf", maps, self.kernel)
        return ops.reshape(parts, (-1, 2 * height, 2 * width, self.filters)) + self.bias


def build_region_proposal_head(channels: int) -> keras.Model:
    """Build map (batch, height, width, channels) -> anchor logits (.., 2) and shifts (.., 4)."""
    features = keras.Input((None, None, channels))
    shared = layers.Conv2D(
        2 * channels, 3, padding="same", activation="relu", name="rpn_conv_shared"
    )(features)
    logits = layers.Conv2D(2 * len(RATIOS), 1, dtype="float32", name="rpn_class_raw")(shared)
    shifts = layers.Conv2D(4 * len(RATIOS), 1, dtype="float32", name="rpn_bbox_pred")(shared)
    outputs = [
        layers.Reshape((-1, 2), dtype="float32", name="rpn_logits")(logits),
        layers.Reshape((-1, 4), dtype="float32", name="rpn_shifts")(shifts),
    ]
    return keras.Model(features, outputs, name="rpn")


def build_box_head(channels: int, units: int) -> keras.Model:
    """Build crop (batch, 7, 7, channels) -> class logits (batch, 2), shifts (batch, 2, 4)."""
    crop = keras.Input((BOX_BINS, BOX_BINS, channels))
    tensor = crop
    for number, kernel in ((1, BOX_BINS), (2, 1)):
        tensor = layers.Conv2D(units, kernel, name=f"mrcnn_class_conv{number}")(tensor)
        tensor = layers.BatchNormalization(name=f"mrcnn_class_bn{number}")(tensor)
        tensor = layers.ReLU(name=f"mrcnn_class_relu{number}")(tensor)
    shared = layers.Flatten(name="mrcnn_class_flatten")(tensor)
    logits = layers.Dense(CLASSES, dtype="float32", name="mrcnn_class_logits")(shared)
    shifts = layers.Dense(4 * CLASSES, dtype="float32", name="mrcnn_bbox_fc")(shared)
    shifts = layers.Reshape((CLASSES, 4), dtype="float32", name="mrcnn_bbox")(shifts)
    return keras.Model(crop, [logits, shifts], name="box_head")


def build_mask_head(channels: int) -> keras.Model:
    """Build crop (batch, 14, 14, channels) -> mask logits (batch, 28, 28, 2)."""
    crop = keras.Input((MASK_BINS, MASK_BINS, channels))
    tensor = crop
    for number in range(1, 5):
        tensor = layers.Conv2D(channels, 3, padding="same", name=f"mrcnn_mask_conv{number}")(tensor)
        tensor = layers.BatchNormalization(name=f"mrcnn_mask_bn{number}")(tensor)
        tensor = layers.ReLU(name=f"mrcnn_mask_relu{number}")(tensor)
    tensor = DoubleResolution(channels, name="mrcnn_mask_deconv")(tensor)
    tensor = layers.ReLU(name="mrcnn_mask_relu5")(tensor)
    logits = layers.Conv2D(CLASSES, 1, dtype="float32", name="mrcnn_mask")(tensor)
    return keras.Model(crop, logits, name="mask_head")
