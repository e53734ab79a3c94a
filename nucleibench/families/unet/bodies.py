"""The paper's eight encoders.

They come from the package segmentation-models, whose decoder is the paper's:
up-sampling, concatenation, two blocks of 3x3 convolution, batch normalisation and ReLU. The
package was written for Keras 2; :func:`_segmentation_models` makes it run on Keras 3.
"""

import functools
import os
import types
from collections.abc import Callable

import keras

from nucleibench.families.unet.encoders import Encoder


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
    # The package's head is a 3x3 convolution; the paper's is 1x1 and follows in network.py.
    return keras.Model(network.input, network.get_layer("final_conv").input, name=name)


def _from_segmentation_models(name: str, preprocessing: str) -> Encoder:
    return Encoder(preprocessing, functools.partial(_body_of_segmentation_models, name))


# Caffe's pixels are BGR less the mean of ImageNet.
VGG16 = _from_segmentation_models("vgg16", "caffe")
VGG19 = _from_segmentation_models("vgg19", "caffe")
# These ResNets begin with a batch normalisation of their own and take raw pixels.
RESNET50 = _from_segmentation_models("resnet50", "identity")
RESNET101 = _from_segmentation_models("resnet101", "identity")
RESNET152 = _from_segmentation_models("resnet152", "identity")
DENSENET121 = _from_segmentation_models("densenet121", "torch")
DENSENET201 = _from_segmentation_models("densenet201", "torch")
INCEPTIONV3 = _from_segmentation_models("inceptionv3", "unit")
