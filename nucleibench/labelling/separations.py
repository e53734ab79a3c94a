"""Ways to separate touching nuclei, by name."""

from collections.abc import Callable

import numpy as np

from nucleibench.prepare.targets import TARGETS
from nucleibench.registry import Registry

# From mask, maps and depth to labels; see nucleibench.labelling.separation.
Separate = Callable[[np.ndarray, np.ndarray, float], np.ndarray]

SEPARATIONS: Registry[Separate] = Registry(
    "separation",
    {
        "none": "nucleibench.labelling.separation:connected_components",
        "watershed": "nucleibench.labelling.separation:separate_by_shape",
        "boundary": "nucleibench.labelling.separation:separate_by_map",
        "distance": "nucleibench.labelling.separation:separate_by_map",
        "horizontal_vertical": "nucleibench.labelling.separation:separate_by_place",
    },
)
# These read what a network learned, and have the name of its target.
LEARNED = tuple(name for name in SEPARATIONS if name in TARGETS)
