"""The colour normalisation engines, by name.

An engine's dataclass fields are its settings. Their defaults are the values of staintools: they
are part of each method as it was published and used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from nucleibench.stain.colors import count_colors
from nucleibench.stain.report import OK, StainReport, look
from nucleibench.stain.separation_engines import Vahadane
from nucleibench.stain.staintools_engines import Macenko, Reinhard, VahadaneStaintools


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


@dataclass(frozen=True)
class Unchanged:
    """Leaves every image as it is."""

    name: ClassVar[str] = "none"
    luminosity_threshold: ClassVar[float] = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainReport]:
        """See Engine."""
        return {}, self._report(image)

    def transform(
        self, image: np.ndarray, statistics: Mapping[str, list]
    ) -> tuple[np.ndarray, StainReport]:
        """See Engine."""
        return image.copy(), self._report(image)

    def _report(self, image: np.ndarray) -> StainReport:
        return replace(look(self.name, count_colors(image), self.luminosity_threshold), flag=OK)


ENGINES: dict[str, type[Engine]] = {
    "vahadane": Vahadane,
    "vahadane_staintools": VahadaneStaintools,
    "macenko": Macenko,
    "reinhard": Reinhard,
    "none": Unchanged,
}
