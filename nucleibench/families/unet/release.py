"""Trained networks to give away: a folder with their weights, how to use them, and a card.

A release holds one network or several whose maps are averaged. Each has one file: ``model.onnx``,
which runs without Keras and from which Keras reads the weights too, or ``model.weights.h5`` where
nothing could write ONNX. The files of the second network start with ``model_2``. ``target.json`` is
the reference of colour normalisation, ``threshold.json`` is how maps become nuclei, and
``card.json`` holds all that a user and :func:`read_release` must know: the file of each of its
``members``, the SHA-256 and the settings of the network, tile size and overlap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nucleibench.errors import DataError
from nucleibench.families.unet.release_card import (
    CARD,
    EXPORTED,
    SETTING,
    STAINS,
    choose_members,
    join_digests,
    read_members,
)
from nucleibench.families.unet.settings import UNet
from nucleibench.files import check_digest, read_json
from nucleibench.labelling.instances import PostProcessing, read_setting
from nucleibench.labelling.settings import Inference


@dataclass(frozen=True)
class Member:
    """A network of a release.

    Attributes:
        network: its settings.
        file: with its weights.
        sha256: of that file.
    """

    network: UNet
    file: Path
    sha256: str

    @property
    def is_exported(self) -> bool:
        """Whether the network runs without Keras."""
        return self.file.name.endswith(EXPORTED)


@dataclass(frozen=True)
class Release:
    """Trained networks, most often one, and how to use them.

    Attributes:
        folder: where the files lie.
        members: the networks, of one target.
        turns: in how many ways tiles were laid before each of them for the scores.
        inference: how images were tiled for the scores.
        tile_size: side of those tiles in pixels.
        setting: how the mean of their maps becomes nuclei.
    """

    folder: Path
    members: tuple[Member, ...]
    turns: int
    inference: Inference
    tile_size: int
    setting: PostProcessing

    @property
    def sha256(self) -> str:
        """The SHA-256 of the weights; of several, that of all of these together."""
        return join_digests([member.sha256 for member in self.members])

    def take(self, numbers: Sequence[int] | None) -> "Release":
        """Return the release with some of its networks alone; see ``choose_members``."""
        return replace(self, members=tuple(choose_members(self.members, numbers, self.folder)))


def read_release(folder: str | Path) -> Release:
    """Read a release.

    Raises:
        DataError: a file is missing, a network is not that of the card, or the card is of an
            earlier version.
    """
    folder = Path(folder)
    _check_files(folder, STAINS, SETTING, CARD)
    card, listed = read_json(folder / CARD), read_members(folder)
    try:
        members = tuple(_read_member(folder, facts) for facts in listed)
        inference, size = Inference.read(card["inference"]), card["inference"]["size"]
        setting = read_setting(folder / SETTING)
        return Release(folder, members, card["turns"], inference, size, setting)
    except (KeyError, ValidationError) as error:
        raise DataError(f"{folder / CARD}: not the card of a release ({error})") from error


def _read_member(folder: Path, facts: Mapping[str, Any]) -> Member:
    file = folder / facts["file"]
    _check_files(folder, file.name)
    check_digest(file, facts["sha256"])
    return Member(UNet.read(facts["settings"]), file, facts["sha256"])


def _check_files(folder: Path, *names: str) -> None:
    for name in names:
        if not (folder / name).is_file():
            raise DataError(f"{folder / name} is missing; give the folder of a trained network")
