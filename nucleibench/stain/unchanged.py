"""The engine that changes no colour."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from nucleibench.stain.colors import count_colors
from nucleibench.stain.findings import OK, StainFindings, look


@dataclass(frozen=True)
class Unchanged:
    """Leaves every image as it is."""

    name: ClassVar[str] = "none"
    luminosity_threshold: ClassVar[float] = 0.8

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        """See Engine."""
        return {}, self._look(image)

    def recolor(
        self, image: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """See Engine."""
        return image.copy()

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """See Engine."""
        return image.copy(), self._look(image)

    def _look(self, image: np.ndarray) -> StainFindings:
        return replace(look(self.name, count_colors(image), self.luminosity_threshold), flag=OK)
