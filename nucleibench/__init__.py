"""Train, run and compare nucleus segmentation on H&E images with a held-out organ."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "segment"]


def __getattr__(name: str) -> Any:
    """Import :func:`nucleibench.slides.array.segment` where it is first asked for.

    It needs image processing, which most of the package does without.
    """
    if name == "segment":
        return import_module("nucleibench.slides.array").segment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
