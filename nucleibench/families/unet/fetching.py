"""Download of pretrained weights, apart from trainings, which a change of it must not touch."""

from pathlib import Path

from nucleibench.data.download import download_file
from nucleibench.families.unet.pretrained import published_weights


def fetch_encoder_weights(encoder: str, path: str | Path) -> None:
    """Download the ImageNet weights of an encoder to ``path`` and verify them."""
    source = published_weights(encoder)
    advice = (
        f"Copy the file to {path} from a machine with network, or set encoder_weights: null "
        "for this network to start from random weights"
    )
    download_file(source["url"], Path(path), ("md5", source["md5"]), advice)
