"""Networks from their settings in the configuration, by kind."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras

from nucleibench.errors import DataError
from nucleibench.models.unet import build_gb_unet, build_unet
from nucleibench.prepare.targets import TARGETS

Settings = Mapping[str, Any]

# GB U-Net's first networks tell nucleus from background, as the paper's do.
STAGE_ONE_CLASSES = TARGETS["nucleus"].classes


def _unet(settings: Settings, encoder_weights: str | None) -> keras.Model:
    return build_unet(
        settings["encoder"], encoder_weights, settings["freeze_encoder"], settings["target"]
    )


def _gb_unet(settings: Settings, encoder_weights: str | None) -> keras.Model:
    maps = STAGE_ONE_CLASSES * len(settings["stage_one"])
    return build_gb_unet(maps, settings["filters"], settings["dropout"], settings["target"])


BUILDERS: dict[str, Callable[[Settings, str | None], keras.Model]] = {
    "unet": _unet,
    "gb_unet": _gb_unet,
}


def build_network(settings: Settings, encoder_weights: str | None = None) -> keras.Model:
    """Build the network of a method; ``encoder_weights`` is a path, or None for random weights."""
    return BUILDERS[settings["kind"]](settings, encoder_weights)


def load_network(settings: Settings, weights: str | Path) -> keras.Model:
    """Build the network of a method and load its trained ``.weights.h5``."""
    network = build_network(settings)
    try:
        network.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{weights} does not hold the weights of {network.name} ({error}); train it again"
        ) from error
    return network
