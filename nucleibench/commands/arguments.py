"""What several sub-commands take."""

import argparse
from collections.abc import Callable
from pathlib import Path

from nucleibench.bounds import LARGEST, SMALLEST


def some_path(text: str) -> Path:
    """Read a path; an empty one, as of a variable without a value, would be this very folder."""
    if not text:
        raise argparse.ArgumentTypeError("an empty path; give a file or a folder")
    return Path(text)


def number_within(
    kind: Callable[[str], float], lowest: float, highest: float, unit: str = ""
) -> Callable[[str], float]:
    """Return what reads a number within bounds, and says them where it is beyond."""

    def read(text: str) -> float:
        try:
            number = kind(text)
        except ValueError:
            number = lowest - 1
        if not lowest <= number <= highest:
            raise argparse.ArgumentTypeError(
                f"{text!r} is not a number from {lowest:g} to {highest:g}{unit}"
            )
        return number

    return read


def read_numbers(text: str) -> tuple[int, ...]:
    """Read whole numbers from 1, separated by commas."""
    read = number_within(int, 1, 99)
    return tuple(int(read(part)) for part in text.split(","))


PIXEL_SIZES = number_within(float, SMALLEST, LARGEST, " micrometres")
"""Reads the side of a pixel."""
