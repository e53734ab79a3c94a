"""The encoders of the U-Nets, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nucleibench.errors import ConfigurationError
from nucleibench.registry import Registry

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Encoder:
    """How an encoder's pixels are prepared and how its U-Net body is built.

    ``preprocessing`` is a key of PREPROCESSING. ``build(weights, freeze)`` returns a model from
    pixels (batch, height, width, 3) to the last decoder features at full resolution.
    """

    preprocessing: str
    build: "Callable[[str | None, bool], keras.Model]"


ENCODERS: Registry[Encoder] = Registry(
    "encoder",
    {
        "vgg16": "nucleibench.families.unet.bodies:VGG16",
        "vgg19": "nucleibench.families.unet.bodies:VGG19",
        "resnet50": "nucleibench.families.unet.bodies:RESNET50",
        "resnet101": "nucleibench.families.unet.bodies:RESNET101",
        "resnet152": "nucleibench.families.unet.bodies:RESNET152",
        "densenet121": "nucleibench.families.unet.bodies:DENSENET121",
        "densenet201": "nucleibench.families.unet.bodies:DENSENET201",
        "inceptionv3": "nucleibench.families.unet.bodies:INCEPTIONV3",
        "compact": "nucleibench.families.unet.compact:COMPACT",
        "efficientnet_lite0": "nucleibench.families.unet.lite:EFFICIENTNET_LITE0",
    },
)


def check_weights(path: str | None) -> None:
    """Raise ConfigurationError where a weights file is named but missing: never silently random."""
    if path and not Path(path).is_file():
        raise ConfigurationError(
            f"encoder weights {path} not found; fetch them, or set encoder_weights: null "
            "to start from random weights"
        )
