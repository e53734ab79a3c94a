"""Write the instance label maps of many images, however each is found."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from nucleibench.images import write_labels
from nucleibench.parallel import map_in_processes

# From the name of an image to its instance label map; importable by name, for other processes.
Label = Callable[[str], np.ndarray]


def write_label_maps(
    images: Sequence[str], label: Label, output_folder: Path, workers: int
) -> None:
    """Write ``{image}.tif`` of each image."""
    for _ in map_in_processes(partial(_write, label=label, folder=output_folder), images, workers):
        pass


def _write(image: str, label: Label, folder: Path) -> None:
    write_labels(folder / f"{image}.tif", label(image))
