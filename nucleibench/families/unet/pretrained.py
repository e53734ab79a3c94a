"""Pretrained weights: where they come from, and proof that a file holds them."""

import csv
from pathlib import Path

from nucleibench.errors import DataError
from nucleibench.files import file_digest

TABLE = Path(__file__).with_name("encoder_weights.csv")


def published_weights(encoder: str) -> dict[str, str]:
    """Return where the ImageNet weights of an encoder are published (url), and their md5."""
    with open(TABLE) as stream:
        return next(row for row in csv.DictReader(stream) if row["encoder"] == encoder)


def check_encoder_weights(encoder: str, path: str | Path) -> None:
    """Raise DataError unless ``path`` holds the published ImageNet weights of ``encoder``."""
    expected = published_weights(encoder)["md5"]
    if (found := file_digest(path, "md5")) != expected:
        raise DataError(
            f"{path}: md5 {found} is not that of the ImageNet weights of {encoder} "
            f"({expected}); remove the file to download it again"
        )
