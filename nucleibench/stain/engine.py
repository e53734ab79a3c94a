"""What every colour normalisation engine does."""

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import numpy as np

from nucleibench.stain.findings import StainFindings


class Engine(Protocol):
    """What an engine does. Images are RGB uint8 of shape (height, width, 3), never written to.

    An engine is a dataclass, whose fields are its settings.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def fit(self, image: np.ndarray) -> tuple[dict[str, list], StainFindings]:
        """Return the statistics of an image, in plain numbers, and what was found.

        Where the findings are not usable the statistics are not either.
        """

    def recolor(
        self, image: np.ndarray, own: Mapping[str, list], reference: Mapping[str, list]
    ) -> np.ndarray:
        """Return ``image``, a part of what has the statistics ``own``, in the reference's colours.

        A pixel's new colour depends on its old one and the statistics alone.
        """

    def transform(
        self, image: np.ndarray, reference: Mapping[str, list]
    ) -> tuple[np.ndarray, StainFindings]:
        """Fit ``image`` and recolour it with its own statistics; return it with the findings.

        An image that cannot be normalised is returned as it was; the findings' flag says why.
        """
