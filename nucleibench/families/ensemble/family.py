"""A row from the mean of the maps of several networks."""

from typing import Annotated, ClassVar

from pydantic import Field

from nucleibench.families.interface import Family
from nucleibench.families.unet.method import MapMethod


class Ensemble(MapMethod):
    """A row from the mean of the maps of several networks, or of several trainings of one."""

    one_row: ClassVar[bool] = True

    networks: Annotated[tuple[str, ...], Field(min_length=1)]
    """Names of networks, in `networks`. All trainings of each take part."""

    def uses(self) -> tuple[str, ...]:
        """See Method."""
        return self.networks


FAMILY = Family(
    "nucleibench.families.ensemble",
    method=Ensemble,
    shared={"label": "nucleibench.families.unet.label"},
)
