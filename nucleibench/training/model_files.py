"""The files that every training leaves."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ModelFiles:
    """What a training leaves behind."""

    weights: Path
    history: Path
    card: Path
