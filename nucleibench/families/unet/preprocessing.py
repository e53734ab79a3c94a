"""How each family of pretrained encoders wants its pixels."""

import keras
import numpy as np
from keras import ops

# (scale, offset, reverse channels): network input = RGB * scale + offset per channel, as each
# family's weights were trained. "caffe" means are of BGR pixels of ImageNet, "torch" statistics of
# RGB pixels in 0..1.
_IMAGENET_MEAN_BGR = np.array([103.939, 116.779, 123.68])
_IMAGENET_MEAN_RGB = np.array([0.485, 0.456, 0.406])
_IMAGENET_SPREAD_RGB = np.array([0.229, 0.224, 0.225])

PREPROCESSING: dict[str, tuple[np.ndarray, np.ndarray, bool]] = {
    "identity": (np.ones(3), np.zeros(3), False),
    "caffe": (np.ones(3), -_IMAGENET_MEAN_BGR, True),
    "torch": (
        1 / (255 * _IMAGENET_SPREAD_RGB),
        -_IMAGENET_MEAN_RGB / _IMAGENET_SPREAD_RGB,
        False,
    ),
    "lite": (np.full(3, 1 / 128), np.full(3, -127 / 128), False),
    "unit": (np.full(3, 1 / 127.5), np.full(3, -1.0), False),
}


@keras.saving.register_keras_serializable("nucleibench")
class PreprocessPixels(keras.layers.Layer):
    """Turn RGB uint8 (batch, height, width, 3) into what an encoder expects, inside the model.

    Pixels thus travel to the accelerator as bytes, and no caller can forget the step.
    """

    def __init__(self, mode: str, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.mode = mode
        self.scale, self.offset, self.reverse = PREPROCESSING[mode]

    def call(self, pixels):  # noqa: ANN001, ANN201 (tensors of whichever backend)
        """Scale, shift and, for "caffe", swap red and blue."""
        values = ops.cast(pixels, "float32")
        values = ops.flip(values, axis=-1) if self.reverse else values
        values = values * ops.cast(self.scale, "float32") + ops.cast(self.offset, "float32")
        return ops.cast(values, self.compute_dtype)

    def get_config(self) -> dict:
        """Return what rebuilds the layer."""
        return super().get_config() | {"mode": self.mode}
