"""The settings of the family, and the family itself."""

from typing import Annotated

from pydantic import Field

from nucleibench.families.interface import Family, Method


class Dots(Method):
    """A row from dark discs, which a difference of Gaussians finds."""

    radius: Annotated[float, Field(gt=0, le=100)] = 8.0
    """Radius of a disc in pixels."""
    contrast: Annotated[float, Field(gt=0, lt=1)] = 0.02
    """How much darker than its surroundings a disc must be; 1 is black on white."""


FAMILY = Family("nucleibench_dots", method=Dots)
