"""The side of a pixel, out of all that a file states of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from nucleibench.bounds import LARGEST, SMALLEST

TOLERANCE = 0.01
"""By how much the two sides of a pixel, or two statements of one file, may differ."""

MICROMETRES = {
    "pm": 1e-6,
    "å": 1e-4,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "nanometers": 1e-3,
    "µm": 1.0,  # the micro sign; the next begins with the Greek letter
    "μm": 1.0,
    "um": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometers": 1.0,
    "micrometre": 1.0,
    "mm": 1e3,
    "millimeter": 1e3,
    "millimeters": 1e3,
    "cm": 1e4,
    "centimeter": 1e4,
    "m": 1e6,
    "meter": 1e6,
    "in": 25400.0,
    "inch": 25400.0,
    "inches": 25400.0,
}
"""Micrometres in a unit, by its name in lower case."""


@dataclass(frozen=True)
class Statement:
    """What one part of a file says of its pixels.

    Attributes:
        source: the part, such as ``OME``.
        height: of a pixel, in micrometres.
        width: of a pixel, in micrometres.
    """

    source: str
    height: float
    width: float

    @property
    def side(self) -> float:
        """The mean of both sides in micrometres."""
        return (self.height + self.width) / 2

    def fault(self) -> str:
        """Say why this cannot be the pixel size of a slide; "" where it can."""
        stated = f"{self.source} states pixels of {self.width:.4g} x {self.height:.4g} micrometres"
        if not all(SMALLEST <= side <= LARGEST for side in (self.height, self.width)):
            return (
                f"{stated}, which no slide is scanned at ({SMALLEST:g} to {LARGEST:g}); "
                "taken as no statement"
            )
        if not _agree(self.height, self.width):
            return f"{stated}, which are not square; taken as no statement"
        return ""


@dataclass(frozen=True)
class PixelSize:
    """The pixel size that a file is taken to have.

    Attributes:
        micrometres: side of a pixel; None where the file states none that can be.
        source: the part of the file that states it; "" where none does.
        notes: what is odd about the statements, in words.
    """

    micrometres: float | None = None
    source: str = ""
    notes: tuple[str, ...] = ()


def choose_pixel_size(statements: Iterable[Statement]) -> PixelSize:
    """Return the first statement that can be; the notes tell what others contradict it."""
    statements = list(statements)
    sound = [statement for statement in statements if not statement.fault()]
    if not sound:
        return PixelSize(notes=tuple(statement.fault() for statement in statements))
    chosen = sound[0]
    notes = tuple(
        f"{other.source} states pixels of {other.side:.4g} micrometres, but {chosen.source} "
        f"{chosen.side:.4g}, which is taken"
        for other in sound[1:]
        if not _agree(other.side, chosen.side)
    )
    return PixelSize(chosen.side, chosen.source, notes)


def _agree(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * max(one, other)


def per_unit(
    source: str, vertical: float, horizontal: float, micrometres: float
) -> list[Statement]:
    """Return the statement of so many pixels in a length; none where there is no number.

    Args:
        source: the part of the file.
        vertical: pixels in the length from top to bottom.
        horizontal: pixels in the length from left to right.
        micrometres: the length.
    """
    if not (vertical > 0 and horizontal > 0):
        return []
    return [Statement(source, micrometres / vertical, micrometres / horizontal)]
