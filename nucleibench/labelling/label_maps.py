"""The one writer of instance label maps, whatever finds them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from nucleibench.images import write_labels
from nucleibench.images.resampling import Scale
from nucleibench.parallel import map_in_processes

# From the name of an image to its instance label map, int32 (height, width).
Label = Callable[[str], np.ndarray]


def write_label_maps(
    scales: Mapping[str, Scale], label: Label, output_folder: Path, workers: int
) -> None:
    """Write ``{image}.tif`` of each image, which does not depend on the number of workers.

    Args:
        scales: name -> pixels of the image, to which its labels are brought.
        label: can be pickled where there are several workers.
        output_folder: is made if need be.
        workers: number of processes.

    Raises:
        DataError: labels have neither the shape of their image nor that at the networks' scale.
    """
    write = partial(_write, label=label, folder=output_folder)
    for _ in map_in_processes(write, list(scales.items()), workers):
        pass


def _write(named: tuple[str, Scale], label: Label, folder: Path) -> None:
    image, scale = named
    write_labels(folder / f"{image}.tif", scale.bring_back(label(image)))
