"""What a network of the U-Net kind learns of each pixel, by name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nucleibench.registry import Registry


@dataclass(frozen=True)
class Target:
    """A network's output per pixel: class probabilities, and maps without bounds beside them.

    ``draw`` turns instance labels (height, width) into float32 (height, width, 1 + maps): the
    class, background being 0, and the true maps.
    """

    classes: int
    maps: int
    draw: Callable[[np.ndarray], np.ndarray]


TARGETS: Registry[Target] = Registry(
    "target",
    {
        "nucleus": "nucleibench.prepare.target_maps:NUCLEUS",
        "boundary": "nucleibench.prepare.target_maps:BOUNDARY",
        "distance": "nucleibench.prepare.target_maps:DISTANCE",
        "horizontal_vertical": "nucleibench.prepare.target_maps:HORIZONTAL_VERTICAL",
    },
)
