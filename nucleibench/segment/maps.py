"""Files of probability maps: writing, averaging, labelling."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.segment.instances import PostProcessing, label_nuclei


def write_map(path: Path, probabilities: np.ndarray) -> None:
    """Write a probability map (height, width) as float16, whose steps near 1 are 0.0005."""
    with atomic_path(path) as temporary:
        np.save(temporary, probabilities.astype(np.float16))


def read_map(path: Path) -> np.ndarray:
    """Read a probability map as float32 (height, width)."""
    try:
        return np.load(path).astype(np.float32)
    except FileNotFoundError as error:
        raise DataError(f"{path} is missing; predict this method's images again") from error


def average_maps(members: Sequence[Path], output_folder: Path) -> None:
    """Write the pixel-wise mean of the members' maps of each image: the ensemble."""
    for name in sorted(path.name for path in members[0].glob("*.npy")):
        mean = np.mean([read_map(member / name) for member in members], axis=0)
        write_map(output_folder / name, mean)


def label_map(image: str, settings: PostProcessing, maps_folder: Path) -> np.ndarray:
    """Return the instance label map int32 of the probability map ``{image}.npy``."""
    return label_nuclei(read_map(maps_folder / f"{image}.npy"), settings)
