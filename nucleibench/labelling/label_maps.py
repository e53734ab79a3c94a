"""The one writer of instance label maps, whatever finds them."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from nucleibench.images import write_labels
from nucleibench.parallel import map_in_processes

# From the name of an image to its instance label map, int32 (height, width).
Label = Callable[[str], np.ndarray]


def write_label_maps(
    images: Sequence[str], label: Label, output_folder: Path, workers: int
) -> None:
    """Write ``{image}.tif`` of each image, which does not depend on the number of workers.

    Args:
        images: names.
        label: can be pickled where there are several workers.
        output_folder: is made if need be.
        workers: number of processes.
    """
    for _ in map_in_processes(partial(_write, label=label, folder=output_folder), images, workers):
        pass


def _write(image: str, label: Label, folder: Path) -> None:
    write_labels(folder / f"{image}.tif", label(image))
