"""Files of probability maps."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import atomic_path


def write_map(path: Path, probabilities: np.ndarray) -> None:
    """Write maps (height, width[, maps]) as float16, whose steps near 1 are 0.0005."""
    with atomic_path(path) as temporary:
        np.save(temporary, probabilities.astype(np.float16))


def read_map(path: Path) -> np.ndarray:
    """Read maps as float32 (height, width[, maps])."""
    try:
        return np.load(path).astype(np.float32)
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing; predict this method's images again") from error


def read_mean_map(paths: Sequence[Path]) -> np.ndarray:
    """Return the pixel-wise mean of the maps of several networks, rounded as files of maps are."""
    mean = np.mean([read_map(path) for path in paths], axis=0)
    return mean.astype(np.float16).astype(np.float32)
