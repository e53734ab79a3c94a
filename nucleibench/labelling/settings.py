"""How whole images are predicted, and what validation images choose from."""

from typing import Annotated

from pydantic import Field

from nucleibench.prepare.settings import Overlap, TileSize
from nucleibench.settings import Count, Fraction, Settings, Size


class Inference(Settings):
    """Predicting whole images tile by tile."""

    size: TileSize | None = None
    """Side of test tiles in pixels, or less in smaller images. Null takes that of training tiles.
    Larger ones compute less twice and need more memory. Mask R-CNN stays at its training tiles."""
    overlap: Overlap = 0.5
    """Overlap of test tiles, as a fraction of a tile. Mask R-CNN has its own."""
    batch_size: Count = 4
    """Tiles at a time."""


class Candidates(Settings):
    """Settings that turn maps into nuclei; validation images choose among them."""

    thresholds: Annotated[tuple[Fraction, ...], Field(min_length=1)] = (
        *(0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55),
        *(0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9),
    )
    """A pixel is nucleus where its probability is at least this."""
    depths: Annotated[tuple[Fraction, ...], Field(min_length=1)] = (0.05, 0.1, 0.2, 0.3)
    """By how much a learned map must fall between two nuclei that it separates."""
    certainties: Annotated[tuple[Fraction, ...], Field(min_length=1)] = (0.0,)
    """An object whose mean probability is less than this is an artefact."""
    min_sizes: Annotated[tuple[Size, ...], Field(min_length=1)] = (10, 30, 60, 100)
    """An object of fewer pixels than this is an artefact. Pixels have 0.25 micrometres."""
