"""What happened to an image in colour normalisation."""

from dataclasses import dataclass

import numpy as np

OK = "ok"
NO_TISSUE = "no_tissue"
SINGLE_STAIN = "single_stain"
POOR_FIT = "poor_fit"

# An image in fewer tissue pixels than this says nothing about its stains.
MINIMUM_TISSUE_PIXELS = 256
# Limits of `judge`. On 59 real H&E images the angle is 6 to 20 degrees, the weaker stain reaches
# 37% of the stronger or more, and the stains leave 0.05% to 0.42% of the energy unexplained.
MINIMUM_ANGLE = 4.0
MINIMUM_RATIO = 0.05
MAXIMUM_UNEXPLAINED = 0.02


@dataclass(frozen=True)
class StainReport:
    """What an engine saw in an image.

    Attributes:
        engine: name of the engine.
        flag: ``ok``; ``no_tissue`` and ``single_stain``: the image passed through unchanged, since
            its stains cannot be told; ``poor_fit``: normalised, but ink, borders or another stain
            make the two stain vectors doubtful.
        tissue_fraction: share of the pixels that are tissue, 0 to 1.
        stain_matrix: hematoxylin and eosin, one unit vector a row, shape (2, 3); None where the
            engine separates no stains or found none.
        maximum_concentrations: 99th percentile of each stain's concentration, shape (2,), or None.
        unexplained: share of the tissue's optical density energy outside both stains, or None.
    """

    engine: str
    flag: str
    tissue_fraction: float
    stain_matrix: np.ndarray | None = None
    maximum_concentrations: np.ndarray | None = None
    unexplained: float | None = None

    @property
    def usable(self) -> bool:
        """Whether the image could be normalised."""
        return self.flag in (OK, POOR_FIT)

    def row(self) -> dict[str, str | float | None]:
        """Return the report as one row of a sheet; what is unknown is None."""
        matrix = [None] * 6 if self.stain_matrix is None else self.stain_matrix.ravel().tolist()
        maxima = self.maximum_concentrations
        maxima = [None] * 2 if maxima is None else maxima.tolist()
        return {
            "engine": self.engine,
            "flag": self.flag,
            "tissue_fraction": float(self.tissue_fraction),
            "unexplained": self.unexplained,
            **dict(zip(_VECTOR_COLUMNS, matrix, strict=True)),
            "hematoxylin_maximum": maxima[0],
            "eosin_maximum": maxima[1],
        }


_VECTOR_COLUMNS = [f"{s}_{c}" for s in ("hematoxylin", "eosin") for c in ("red", "green", "blue")]


def judge(stain_matrix: np.ndarray, maxima: np.ndarray, unexplained: float) -> str:
    """Return the flag of a stain separation: ``ok``, ``single_stain`` or ``poor_fit``."""
    cosine = np.clip(stain_matrix[0] @ stain_matrix[1], -1, 1)
    # Written so that a NaN counts as a failure.
    apart = np.degrees(np.arccos(cosine)) >= MINIMUM_ANGLE
    both = maxima.min() > MINIMUM_RATIO * maxima.max()
    if not (apart and both):
        return SINGLE_STAIN
    return OK if unexplained <= MAXIMUM_UNEXPLAINED else POOR_FIT
