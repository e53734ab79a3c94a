"""The second network of GB U-Net (Lagree et al. 2021, Fig. 1)."""

from collections.abc import Sequence

import keras
from keras import layers

from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.unet.network import add_head
from nucleibench.families.unet.plain import decode, encode
from nucleibench.families.unet.preprocessing import PreprocessPixels
from nucleibench.prepare.targets import TARGETS

# The first networks tell nucleus from background, as the paper's do.
FIRST_STAGE_CLASSES = TARGETS["nucleus"].classes


NETWORK = GBUNet


def build_network(settings: GBUNet) -> keras.Model:
    """Build the second network with random weights."""
    maps = FIRST_STAGE_CLASSES * len(settings.stage_one)
    return build_gb_unet(maps, settings.filters, settings.dropout, settings.target)


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
    return keras.Model([image, stage_one], add_head(features, TARGETS[target]), name="gb_unet")
