"""A trained network to give away: a folder with its weights, how to use them, and a card.

``model.weights.h5`` are the weights in half precision, ``model.onnx`` is the same network for
processors without Keras, ``target.json`` is the reference of colour normalisation,
``threshold.json`` is how maps become nuclei, and ``card.json`` holds all that a user and
:func:`read_release` must know: the settings of the network, tile size and overlap, and the SHA-256
of both forms. A network that was released where nothing could write ONNX has no ``model.onnx``.
"""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from nucleibench.errors import DataError
from nucleibench.families.unet.settings import UNet
from nucleibench.files import check_digest, read_json
from nucleibench.labelling.instances import PostProcessing, read_setting
from nucleibench.labelling.settings import Inference

WEIGHTS, STAINS, SETTING = "model.weights.h5", "target.json", "threshold.json"
CARD, EXPORTED = "card.json", "model.onnx"

# What decides which network the weights fit, and what its outputs mean.
IDENTITY = ("family", "encoder", "target")


@dataclass(frozen=True)
class Release:
    """A trained network and how to use it.

    Attributes:
        folder: where its files lie.
        network: its settings.
        turns: in how many ways tiles were laid before it for its scores.
        inference: how images were tiled for its scores.
        tile_size: side of those tiles in pixels.
        setting: how its maps become nuclei.
        exported_sha256: of its form without Keras, where there is one.
    """

    folder: Path
    network: UNet
    turns: int
    inference: Inference
    tile_size: int
    setting: PostProcessing
    exported_sha256: str | None = None


def read_release(folder: str | Path) -> Release:
    """Read a release.

    Raises:
        DataError: a file is missing, the network is not that of the card, or the card is of an
            earlier version.
    """
    folder = Path(folder)
    _check_files(folder, WEIGHTS, STAINS, SETTING, CARD)
    card = read_json(folder / CARD)
    check_digest(folder / WEIGHTS, card["sha256"])
    if exported := card.get("exported_sha256"):
        _check_files(folder, EXPORTED)
        check_digest(folder / EXPORTED, exported)
    try:
        network, inference = UNet.read(card["settings"]), Inference.read(card["inference"])
        size, setting = card["inference"]["size"], read_setting(folder / SETTING)
        return Release(folder, network, card["turns"], inference, size, setting, exported)
    except (KeyError, ValidationError) as error:
        raise DataError(f"{folder / CARD}: not the card of a release ({error})") from error


def _check_files(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise DataError(f"{folder / name} is missing; give the folder of a trained network")


def check_network(release: Release, network: UNet) -> None:
    """Raise DataError where settings are not those of the network of a release."""
    for key in IDENTITY:
        if (given := getattr(release.network, key)) != (wanted := getattr(network, key)):
            raise DataError(
                f"{release.folder} holds a network with {key} {given}, "
                f"but the configuration says {key}: {wanted}"
            )
