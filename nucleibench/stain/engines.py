"""The colour normalisation engines, by name.

An engine's dataclass fields are its settings. Their defaults are the values of staintools: they
are part of each method as it was published and used.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from nucleibench.stain.color_engines import Reinhard, Unchanged
from nucleibench.stain.report import StainReport
from nucleibench.stain.separation_engines import Macenko, Vahadane, VahadaneStaintools


class Engine(Protocol):
    """What an engine does. Images are RGB uint8 of shape (height, width, 3), never written to."""

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainReport]:
        """Return the statistics of a target image, in plain numbers, and what was seen in it."""

    def transform(
        self, image: np.ndarray, statistics: Mapping[str, list]
    ) -> tuple[np.ndarray, StainReport]:
        """Return ``image`` in the colours of the target with these statistics, and what happened.

        An image that cannot be normalised comes back as it was; the report's flag says why.
        """


ENGINES: dict[str, type[Engine]] = {
    "vahadane": Vahadane,
    "vahadane_staintools": VahadaneStaintools,
    "macenko": Macenko,
    "reinhard": Reinhard,
    "none": Unchanged,
}
