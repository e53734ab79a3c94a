"""The rows that any network with maps of probability can have.

The settings of such networks stay out of here, so that making labels needs no network library.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from nucleibench.families.interface import Method, Network, Problem, Seed
from nucleibench.labelling.separations import LEARNED, SEPARATIONS
from nucleibench.settings import OneOf


class MapMethod(Method):
    """A row from maps of probability."""

    separation: Annotated[str, OneOf(SEPARATIONS)] = "none"
    """How touching nuclei are told apart. `none` numbers connected components, as the paper does.
    `watershed` goes by their shape. The others go by what a network with that target learned."""
    turns: Annotated[int, Field(ge=1, le=8)] = 1
    """In how many of eight ways (quarter turns, then mirrored) a tile is laid before the network.
    The maps are averaged. Not for target `horizontal_vertical`, whose maps have directions."""
    seeds: tuple[Seed, ...] = ()
    """Trainings to use. Left out, all of the network are."""

    def uses_seeds(self) -> tuple[int, ...]:
        """See Method."""
        return self.seeds

    def uses_turns(self) -> int:
        """See Method."""
        return self.turns

    def deciding_labels(self) -> dict[str, Any]:
        """See Method."""
        return {"separation": self.separation}

    def check(self, networks: Mapping[str, Network]) -> Iterator[Problem]:
        """See Method."""
        targets = sorted({getattr(networks[name], "target", "") for name in self.uses()})
        if "" in targets:
            yield self._key(), "these networks have no maps of probability"
        elif len(targets) > 1:
            yield self._key(), f"maps of different targets ({', '.join(targets)}) have no mean"
        elif self.separation in LEARNED and self.separation not in targets:
            yield (
                "separation",
                f"{self.separation} needs a network with that target, and this one's is "
                f"{targets[0]}",
            )
        if self.turns > 1 and "horizontal_vertical" in targets:
            yield (
                "turns",
                "maps of the target horizontal_vertical have directions and no mean over turned"
                " tiles; leave turns at 1",
            )

    def _key(self) -> str:
        return "networks" if self.one_row else "network"


class NetworkMapMethod(MapMethod):
    """A row from the maps of one network."""

    network: str
    """Name of the network, in `networks`."""

    def uses(self) -> tuple[str, ...]:
        """See Method."""
        return (self.network,)
