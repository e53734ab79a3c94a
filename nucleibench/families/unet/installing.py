"""A network of a release, put where a training would leave it."""

from pathlib import Path

from nucleibench.families.unet.network import load_network
from nucleibench.families.unet.release_card import find_member
from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path, check_digest, write_json


def install_network(folder: Path, network: UNet, weights: Path, card: Path) -> None:
    """Write the weights and the card of the network of a release that settings describe.

    Args:
        folder: of the release.
        network: the settings.
        weights: ``.weights.h5`` to write.
        card: to write.

    Raises:
        DataError: the release has no such network, or its file is another than the card says.
    """
    facts = find_member(folder, network)
    check_digest(folder / facts["file"], facts["sha256"])
    loaded = load_network(network, folder / facts["file"])
    with atomic_path(weights) as temporary:
        loaded.save_weights(temporary)
    write_json(card, facts)
