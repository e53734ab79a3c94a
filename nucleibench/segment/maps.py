"""Files of probability maps and what lies beside them: writing, averaging, labelling."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.segment.instances import PostProcessing, label_nuclei, remove_artefacts
from nucleibench.segment.separations import first_map


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


def average_maps(members: Sequence[Path], output_folder: Path) -> None:
    """Write the pixel-wise mean of the members' maps of each image: the ensemble."""
    for name in sorted(path.name for path in members[0].glob("*.npy")):
        mean = np.mean([read_map(member / name) for member in members], axis=0)
        write_map(output_folder / name, mean)


def label_map(image: str, settings: PostProcessing, maps_folder: Path) -> np.ndarray:
    """Return the instance label map int32 of the maps ``{image}.npy``."""
    everything = replace(settings, min_size=0, certainty=0)
    labels, probabilities = _separate(maps_folder / f"{image}.npy", everything)
    return remove_artefacts(labels, probabilities, settings)


@functools.lru_cache(maxsize=1)
def _separate(path: Path, settings: PostProcessing) -> tuple[np.ndarray, np.ndarray]:
    """Label all objects, a costly step that candidates share which differ in artefacts alone.

    Returns the labels and the map of probabilities.
    """
    maps = read_map(path)
    return label_nuclei(maps, settings), first_map(maps)
