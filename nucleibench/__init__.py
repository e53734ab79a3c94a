"""Train, run and compare nucleus segmentation on H&E images with a held-out organ."""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "evaluate", "segment"]


def __getattr__(name: str) -> Any:
    """Import what is called where it is first asked for, as it needs image processing.

    That is ``segment`` of :mod:`nucleibench.slides.array`, or ``evaluate`` of
    :mod:`nucleibench.evaluate.array`.
    """
    if name == "evaluate":
        return import_module("nucleibench.evaluate")
    if name == "segment":
        return import_module("nucleibench.slides.array").segment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
