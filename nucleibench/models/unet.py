"""U-Nets with any encoder, and the paper's head: 1x1 convolution and softmax."""

from collections.abc import Sequence

import keras
from keras import layers

from nucleibench.models.encoders import check_weights, find_encoder
from nucleibench.models.plain import decode, encode
from nucleibench.models.preprocessing import PreprocessPixels
from nucleibench.prepare.targets import TARGETS, Target

LOGITS = "logits"  # the layer just before the softmax


def build_unet(
    encoder: str, encoder_weights: str | None, freeze_encoder: bool, target: str
) -> keras.Model:
    """Build a U-Net: RGB uint8 (batch, height, width, 3) -> class probabilities float32.

    Height and width must be multiples of 32. ``encoder_weights`` is the path of pretrained weights
    or None for random ones. Where ``target``, a key of TARGETS, has maps, they follow the classes.
    """
    check_weights(encoder_weights)
    choice = find_encoder(encoder)
    image = keras.Input((None, None, 3), dtype="uint8", name="image")
    pixels = PreprocessPixels(choice.preprocessing, name="preprocess")(image)
    features = choice.build(encoder_weights, freeze_encoder)(pixels)
    return keras.Model(image, _head(features, TARGETS[target]), name=f"unet_{encoder}")


def build_gb_unet(maps: int, filters: Sequence[int], dropout: float, target: str) -> keras.Model:
    """Build the second stage of GB U-Net (Lagree et al. 2021, Fig. 1).

    Inputs: the normalised image (uint8) and the ``maps`` stacked first-stage maps from before
    their softmax (batch, height, width, maps). The encoder is plain, with dropout.
    """
    image = keras.Input((None, None, 3), dtype="uint8", name="image")
    stage_one = keras.Input((None, None, maps), name="stage_one")
    pixels = PreprocessPixels("unit", name="preprocess")(image)
    joined = layers.Concatenate(name="join")([pixels, stage_one])
    features = decode(encode(joined, filters, dropout))
    return keras.Model([image, stage_one], _head(features, TARGETS[target]), name="gb_unet")


def logits_of(model: keras.Model) -> keras.Model:
    """Return the network that stops before the softmax: the maps that GB U-Net starts from."""
    return keras.Model(model.input, model.get_layer(LOGITS).output)


def _head(features: keras.KerasTensor, target: Target) -> keras.KerasTensor:
    # Float32 whatever the policy: half precision ruins the logarithm in the loss.
    logits = layers.Conv2D(target.classes, 1, dtype="float32", name=LOGITS)(features)
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(logits)
    if not target.maps:
        return probabilities
    maps = layers.Conv2D(target.maps, 1, dtype="float32", name="maps")(features)
    return layers.Concatenate(dtype="float32", name="outputs")([probabilities, maps])
