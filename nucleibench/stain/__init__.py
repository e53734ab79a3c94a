"""Colour normalisation: every image is brought to the stains of one target image."""

from nucleibench.stain.dataset import normalize_dataset
from nucleibench.stain.engines import ENGINES
from nucleibench.stain.report import StainReport
from nucleibench.stain.target import (
    StainTarget,
    fit_target,
    normalize_image,
    read_target,
    write_target,
)

__all__ = [
    "ENGINES",
    "StainReport",
    "StainTarget",
    "fit_target",
    "normalize_dataset",
    "normalize_image",
    "read_target",
    "write_target",
]
