"""The encoders of the U-Nets, by name.

The paper's eight come from the package segmentation-models, whose decoder is the paper's:
up-sampling, concatenation, two blocks of 3x3 convolution, batch normalisation and ReLU. The
package was written for Keras 2; :func:`_segmentation_models` makes it run on Keras 3.
"""

import functools
import os
import types
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras

from nucleibench.errors import ConfigurationError
from nucleibench.models.compact import build_compact


@dataclass(frozen=True)
class Encoder:
    """How an encoder's pixels are prepared and how its U-Net body is built.

    ``build(weights, freeze)`` returns a model from pixels (batch, height, width, 3) to the last
    decoder features at full resolution.
    """

    preprocessing: str
    build: Callable[[str | None, bool], keras.Model]


@functools.cache
def _segmentation_models() -> types.ModuleType:
    """Import segmentation-models 1.0.1 in a form that works with Keras 3."""
    os.environ["SM_FRAMEWORK"] = "keras"
    # Removed in Keras 3; efficientnet, a dependency, only registers its layers with it.
    if not hasattr(keras.utils, "generic_utils"):
        keras.utils.generic_utils = types.SimpleNamespace(
            get_custom_objects=keras.saving.get_custom_objects
        )
    import segmentation_models
    from segmentation_models.backbones.backbones_factory import Backbones

    # Its own DenseNets name layers with "/", which Keras 3 refuses. Keras' have the same layers
    # in the same order, so the skip connections, given as indices, stay right.
    for name in ("DenseNet121", "DenseNet201"):
        Backbones._models[name.lower()] = [_without_submodules(name), None]
    return segmentation_models


def _without_submodules(name: str) -> Callable[..., keras.Model]:
    def build(*args: object, **kwargs: object) -> keras.Model:
        for submodule in ("backend", "layers", "models", "utils"):
            kwargs.pop(submodule, None)
        return getattr(keras.applications, name)(*args, **kwargs)

    return build


def _body_of_segmentation_models(name: str, weights: str | None, freeze: bool) -> keras.Model:
    network = _segmentation_models().Unet(
        name,
        input_shape=(None, None, 3),
        classes=2,
        activation="softmax",
        encoder_weights=weights,
        encoder_freeze=freeze,
    )
    # The package's head is a 3x3 convolution; the paper's is 1x1 and follows in unet.py.
    return keras.Model(network.input, network.get_layer("final_conv").input, name=name)


def _compact_body(weights: str | None, freeze: bool) -> keras.Model:
    if weights or freeze:
        raise ConfigurationError("the compact encoder has no pretrained weights and none to freeze")
    return build_compact()


def _from_segmentation_models(name: str, preprocessing: str) -> Encoder:
    return Encoder(preprocessing, functools.partial(_body_of_segmentation_models, name))


ENCODERS: dict[str, Encoder] = {
    "vgg16": _from_segmentation_models("vgg16", "caffe"),
    "vgg19": _from_segmentation_models("vgg19", "caffe"),
    # These ResNets begin with a batch normalisation of their own and take raw pixels.
    "resnet50": _from_segmentation_models("resnet50", "identity"),
    "resnet101": _from_segmentation_models("resnet101", "identity"),
    "resnet152": _from_segmentation_models("resnet152", "identity"),
    "densenet121": _from_segmentation_models("densenet121", "torch"),
    "densenet201": _from_segmentation_models("densenet201", "torch"),
    "inceptionv3": _from_segmentation_models("inceptionv3", "unit"),
    "compact": Encoder("unit", _compact_body),
}


def find_encoder(name: str) -> Encoder:
    """Return an encoder; raise ConfigurationError with the known names where there is none."""
    if name not in ENCODERS:
        raise ConfigurationError(f"unknown encoder {name!r}; known are {', '.join(ENCODERS)}")
    return ENCODERS[name]


def check_weights(path: str | None) -> None:
    """Raise ConfigurationError where a weights file is named but missing: never silently random."""
    if path and not Path(path).is_file():
        raise ConfigurationError(
            f"encoder weights {path} not found; fetch them, or set encoder_weights: null "
            "to start from random weights"
        )
