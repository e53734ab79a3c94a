"""A trained network to give away: a folder with its weights, how to use them, and a card.

``model.weights.h5`` are the weights in half precision, ``target.json`` is the target of colour
normalisation, ``threshold.json`` is how maps become nuclei, and ``card.json`` holds all that a
user and :func:`read_release` must know: the method's settings, tile size and overlap, and the
weights' SHA-256.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import atomic_path, file_digest, read_json

WEIGHTS, STAINS, CHOICE = "model.weights.h5", "target.json", "threshold.json"
CARD = "card.json"

# What decides which network the weights fit, and what its outputs mean.
IDENTITY = ("kind", "encoder", "target")


def halve_weights(source: str | Path, output: str | Path) -> None:
    """Write a ``.weights.h5`` with its kernels as float16; Keras reads it as any other.

    Vectors (biases, batch normalisation) stay as they are: they are small, and the variances among
    them may be too small for half precision. The optimizer's state, which a training saves with
    the weights, is left out.
    """
    with (
        atomic_path(output) as temporary,
        h5py.File(source) as whole,
        h5py.File(temporary, "w") as halved,
    ):

        def write(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if name.split("/")[0] == "optimizer":
                return
            if isinstance(item, h5py.Group):
                copy = halved.require_group(name)
            else:
                kind = np.float16 if item.ndim > 1 else item.dtype
                copy = halved.create_dataset(name, data=item[()].astype(kind))
            copy.attrs.update(item.attrs)

        whole.visititems(write)
        halved.attrs.update(whole.attrs)


def read_release(folder: str | Path) -> dict[str, Any]:
    """Return the card of a release; raise DataError where a file is missing or not the card's."""
    folder = Path(folder)
    for name in (WEIGHTS, STAINS, CHOICE, CARD):
        if not (folder / name).is_file():
            raise DataError(f"{folder / name} is missing; give the folder of a trained network")
    card, found = read_json(folder / CARD), file_digest(folder / WEIGHTS)
    if found != card["sha256"]:
        raise DataError(
            f"{folder / WEIGHTS}: SHA-256 is {found}, the card says {card['sha256']}; "
            "restore the file (a clone without large files?)"
        )
    return card


def check_method(card: Mapping[str, Any], method: Mapping[str, Any], folder: str | Path) -> None:
    """Raise DataError where a method's settings are not those of the network of a release."""
    for key in IDENTITY:
        if card["method"][key] != method[key]:
            raise DataError(
                f"{folder} holds a network with {key} {card['method'][key]}, "
                f"but the method says {key}: {method[key]}"
            )
