"""What colour normalisation found in an image."""

from dataclasses import dataclass, replace

import numpy as np

from nucleibench.stain.colors import ColorTable

OK = "ok"
NO_TISSUE = "no_tissue"
SINGLE_STAIN = "single_stain"
UNUSUAL_STAINS = "unusual_stains"

# Fewer tissue pixels than this say nothing about the stains.
MINIMUM_TISSUE_PIXELS = 256

# Limits of `judge`. They leave room around what Vahadane's vectors are on 59 good images: the 36 of
# MoNuSeg that are not breast, and the 23 of 27 of CoNSeP that have no ink.
#
#                                             half of them   95%   all   limit
#     hematoxylin from its usual vector, degrees        3.8   7.6   8.3      11
#     eosin from its usual vector, degrees              6.6  15.5  17.5      25
#     squared density unexplained, %                    0.2   0.7   1.0       5
#
# Their stains are 8 to 22 degrees apart, and the weaker is at least 35% of the stronger. The usual
# vectors are the means of MoNuSeg. The four images of CoNSeP with blue or black ink lie beyond:
# hematoxylin is off by 12, 12, 36 and 43 degrees. So does noise. Some 2% are unexplained with
# Macenko's vectors.
MINIMUM_ANGLE = 4.0
MINIMUM_RATIO = 0.05
MAXIMUM_UNEXPLAINED = 0.05
USUAL_STAINS = np.array([[0.53, 0.75, 0.40], [0.31, 0.82, 0.46]])
MAXIMUM_DEVIATION = np.array([11.0, 25.0])


@dataclass(frozen=True)
class StainFindings:
    """What an engine found in an image.

    Attributes:
        engine: name of the engine.
        flag: ``ok``, or why the image was returned as it was: ``no_tissue``; ``single_stain``,
            no second stain (or colour) can be told from the first; ``unusual_stains``, ink or
            another stain makes the stain vectors doubtful.
        tissue_fraction: share of the pixels that are tissue, 0 to 1.
        black_fraction: share of the pixels that are black and left out of every measurement.
        stain_matrix: hematoxylin and eosin, one unit vector a row, shape (2, 3); None where the
            engine unmixes no stains or saw no tissue.
        maximum_concentrations: 99th percentile of each stain's concentration, shape (2,), or None.
        unexplained: share of the tissue's squared optical density outside both stains, or None.
    """

    engine: str
    flag: str
    tissue_fraction: float
    black_fraction: float
    stain_matrix: np.ndarray | None = None
    maximum_concentrations: np.ndarray | None = None
    unexplained: float | None = None

    @property
    def usable(self) -> bool:
        """Whether the image could be normalised."""
        return self.flag == OK

    def with_stains(
        self, stain_matrix: np.ndarray, maxima: np.ndarray, unexplained: float
    ) -> "StainFindings":
        """Return these findings with the stains that were unmixed, and the flag for them."""
        return replace(
            self,
            flag=judge(stain_matrix, maxima, unexplained),
            stain_matrix=stain_matrix,
            maximum_concentrations=maxima,
            unexplained=unexplained,
        )

    def row(self) -> dict[str, str | float | None]:
        """Return the findings as one row of a sheet; what is unknown is None."""
        return {
            "engine": self.engine,
            "flag": self.flag,
            "tissue_fraction": self.tissue_fraction,
            "black_fraction": self.black_fraction,
            "unexplained": self.unexplained,
            **_named(VECTOR_COLUMNS, self.stain_matrix),
            **_named(MAXIMUM_COLUMNS, self.maximum_concentrations),
        }


VECTOR_COLUMNS = [f"{s}_{c}" for s in ("hematoxylin", "eosin") for c in ("red", "green", "blue")]
MAXIMUM_COLUMNS = ["hematoxylin_maximum", "eosin_maximum"]


def look(engine: str, table: ColorTable, luminosity_threshold: float) -> StainFindings:
    """Find how much tissue and black there is, with the flag ``ok`` or ``no_tissue``."""
    tissue = int(table.counts[table.is_tissue(luminosity_threshold)].sum())
    black = int(table.counts[table.is_black()].sum())
    return count_found(engine, tissue, black, table.pixels)


def count_found(engine: str, tissue: int, black: int, pixels: int) -> StainFindings:
    """Return findings of an image with so many pixels of tissue, of black, and in all."""
    flag = OK if tissue >= MINIMUM_TISSUE_PIXELS else NO_TISSUE
    return StainFindings(engine, flag, tissue / pixels, black / pixels)


def judge(stain_matrix: np.ndarray, maxima: np.ndarray, unexplained: float) -> str:
    """Return the flag of the unmixed stains: ``ok``, ``single_stain`` or ``unusual_stains``."""
    apart = _degrees(stain_matrix[:1], stain_matrix[1:])[0] >= MINIMUM_ANGLE
    both = maxima.min() > MINIMUM_RATIO * maxima.max()
    if not (apart and both):
        return SINGLE_STAIN
    usual = _degrees(stain_matrix, USUAL_STAINS) <= MAXIMUM_DEVIATION
    return OK if usual.all() and unexplained <= MAXIMUM_UNEXPLAINED else UNUSUAL_STAINS


def _degrees(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the angle between each pair of rows."""
    lengths = np.linalg.norm(ones, axis=1) * np.linalg.norm(others, axis=1)
    return np.degrees(np.arccos(np.clip((ones * others).sum(axis=1) / lengths, -1, 1)))


def _named(columns: list[str], values: np.ndarray | None) -> dict[str, float | None]:
    return (
        dict.fromkeys(columns) if values is None else dict(zip(columns, values.flat, strict=True))
    )
