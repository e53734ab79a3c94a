"""What the card of a release says of its files and networks."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.families.interface import Network
from nucleibench.files import read_json

Member = TypeVar("Member")

STAINS, SETTING, CARD = "target.json", "threshold.json", "card.json"
EXPORTED, SAVED = ".onnx", ".weights.h5"
"""What the files of networks end in: without Keras, and of Keras."""

# What decides which network the weights fit, what its outputs mean, and what it sees.
IDENTITY = ("family", "encoder", "target", "colors")


def name_file(number: int, suffix: str) -> str:
    """Return the name of the file of a network of a release; the first has number 0."""
    return f"model_{number + 1}{suffix}" if number else f"model{suffix}"


def join_digests(digests: Sequence[str]) -> str:
    """Return one SHA-256 for several; that of one is itself."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(digests).encode()).hexdigest()


def read_members(folder: Path) -> Sequence[Mapping[str, Any]]:
    """Return what the card of a release says of each of its networks.

    Each has ``licences`` of the images that it saw: its own, or those of the whole release.

    Raises:
        DataError: the card is of an earlier version.
    """
    card = read_json(folder / CARD)
    if "members" not in card:
        raise DataError(
            f"{folder / CARD}: the card of an earlier version, without members; release it again"
        )
    return [{"licences": card.get("licences", {}), **member} for member in card["members"]]


def choose_members(
    members: Sequence[Member], numbers: Sequence[int] | None, folder: Path
) -> list[Member]:
    """Return those of a release's ``members`` that have these ``numbers``, from 1, in their order.

    ``None`` takes all.

    Raises:
        ConfigurationError: a number is none of theirs, or is given twice.
    """
    known = range(1, len(members) + 1)
    chosen = known if numbers is None else numbers
    if not chosen or not set(chosen) <= set(known) or len(set(chosen)) < len(chosen):
        raise ConfigurationError(
            f"members: give numbers from 1 to {len(members)}, each once, not {list(chosen)}:"
            f" {folder} has so many networks"
        )
    return [member for number, member in zip(known, members, strict=True) if number in chosen]


def list_files(folder: Path) -> list[str]:
    """Return the names of the files of a release that decide what it finds."""
    return [CARD, STAINS, SETTING, *(member["file"] for member in read_members(folder))]


def find_member(folder: Path, network: Network) -> Mapping[str, Any]:
    """Return what the card of a release says of the network that settings describe.

    Raises:
        DataError: there is none, or the card is of an earlier version.
    """
    members = read_members(folder)
    differences = [_describe_difference(member["settings"], network) for member in members]
    if "" not in differences:
        raise DataError(f"{folder} holds {', and '.join(differences)}")
    return members[differences.index("")]


def _describe_difference(released: Mapping[str, Any], network: Network) -> str:
    for key in IDENTITY:
        if (given := released.get(key)) != (wanted := getattr(network, key, None)):
            return f"a network with {key} {given}, but the configuration says {key}: {wanted}"
    return ""
