"""The one writer of instance label maps, whatever finds them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from nucleibench.images import write_labels
from nucleibench.images.resampling import resample_labels
from nucleibench.parallel import map_in_processes

# From the name of an image to its instance label map, int32 (height, width).
Label = Callable[[str], np.ndarray]


def write_label_maps(
    shapes: Mapping[str, tuple[int, int]], label: Label, output_folder: Path, workers: int
) -> None:
    """Write ``{image}.tif`` of each image, which does not depend on the number of workers.

    Args:
        shapes: name -> height and width of the image, to which its labels are brought.
        label: can be pickled where there are several workers.
        output_folder: is made if need be.
        workers: number of processes.
    """
    write = partial(_write, label=label, folder=output_folder)
    for _ in map_in_processes(write, list(shapes.items()), workers):
        pass


def _write(named: tuple[str, tuple[int, int]], label: Label, folder: Path) -> None:
    image, shape = named
    write_labels(folder / f"{image}.tif", resample_labels(label(image), shape))
