"""U-Nets with any encoder, and the paper's head: 1x1 convolution and softmax."""

from pathlib import Path

import keras
from keras import layers

from nucleibench.errors import DataError
from nucleibench.families.unet.encoders import ENCODERS, check_weights
from nucleibench.families.unet.exported_weights import read_weights
from nucleibench.families.unet.preprocessing import PreprocessPixels
from nucleibench.families.unet.settings import UNet
from nucleibench.prepare.targets import TARGETS, Target

NETWORK = UNet
LOGITS = "logits"  # the layer just before the softmax


def build_unet(
    encoder: str, encoder_weights: str | None, freeze_encoder: bool, target: str
) -> keras.Model:
    """Build a U-Net: RGB uint8 (batch, height, width, 3) -> class probabilities float32.

    Height and width must be multiples of 32. ``encoder_weights`` is the path of pretrained weights
    or None for random ones. Where ``target``, a key of TARGETS, has maps, they follow the classes.
    """
    check_weights(encoder_weights)
    choice = ENCODERS[encoder]
    image = keras.Input((None, None, 3), dtype="uint8", name="image")
    pixels = PreprocessPixels(choice.preprocessing, name="preprocess")(image)
    features = choice.build(encoder_weights, freeze_encoder)(pixels)
    return keras.Model(image, add_head(features, TARGETS[target]), name=f"unet_{encoder}")


def build_network(settings: UNet, encoder_weights: str | Path | None = None) -> keras.Model:
    """Build a U-Net; ``encoder_weights`` is a path, or None for random weights."""
    weights = str(encoder_weights) if encoder_weights else None
    return build_unet(settings.encoder, weights, settings.freeze_encoder, settings.target)


def load_network(settings: UNet, weights: str | Path) -> keras.Model:
    """Build a U-Net and load its trained weights, ``.weights.h5`` or the form without Keras."""
    return load_weights(build_network(settings), weights)


def load_weights(network: keras.Model, weights: str | Path) -> keras.Model:
    """Load trained weights into a network and return it.

    Raises:
        DataError: the file is unreadable, or of another network.
    """
    try:
        if Path(weights).suffix == ".onnx":
            network.set_weights(read_weights(weights))
        else:
            network.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{weights} does not hold the weights of {network.name} ({error}); train it again"
        ) from error
    return network


def logits_of(model: keras.Model) -> keras.Model:
    """Return the network that stops before the softmax: the maps that GB U-Net starts from."""
    return keras.Model(model.input, model.get_layer(LOGITS).output)


def add_head(features: keras.KerasTensor, target: Target) -> keras.KerasTensor:
    """Add class probabilities and, behind them, the maps of a target to full-size features."""
    # Float32 whatever the policy: half precision ruins the logarithm in the loss.
    logits = layers.Conv2D(target.classes, 1, dtype="float32", name=LOGITS)(features)
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(logits)
    if not target.maps:
        return probabilities
    maps = layers.Conv2D(target.maps, 1, dtype="float32", name="maps")(features)
    return layers.Concatenate(dtype="float32", name="outputs")([probabilities, maps])
