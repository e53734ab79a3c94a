"""What is compared: candidates, and comparisons of them at growing sizes.

This module and those of ``bench/rows`` are imported in the environments of other packages too, so
they import nothing but NumPy at their top.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

OWN = "own"
"""The environment of this project."""

Inputs = Mapping[str, Any]
"""Arrays and bytes by name: what all candidates of a comparison are given."""

Work = Callable[[], Any]
"""What is timed. It returns the numbers that are compared: an array, a number or a dict of them."""


@dataclass(frozen=True)
class Candidate:
    """One way to do what is compared.

    Attributes:
        name: for the table.
        prepare: from the inputs to the work; imports and conversions here are not timed.
        environment: a key of ENVIRONMENTS, or OWN.
        differs: how its numbers differ from ours; empty where they must be the same.
        limit: largest size at which it is tried; None for all.
        slow: left out of ``make bench-quick``.
    """

    name: str
    prepare: Callable[[Inputs], Work]
    environment: str = OWN
    differs: str = ""
    limit: int | None = None
    slow: bool = False


@dataclass(frozen=True)
class Comparison:
    """A row of the results: ours beside peers.

    Attributes:
        name: what is done.
        draw: from a size to the inputs; runs in the project's environment.
        ours: our candidate.
        peers: the others; none where only the growth counts.
        sizes: of ``make bench``.
        quick: sizes of ``make bench-quick``; empty leaves the row out.
        unit: of the sizes.
        dimension: work grows with this power of the size: 2 for the side of an image.
        aim: how many times faster than the fastest peer ours is to be, in CPU time; None where
            the row has no such aim.
        rivals: names of the peers that the aim is about; empty for those with the same numbers,
            or, where none has them, for all.
        tolerance: largest absolute difference that counts as the same number.
        rate: amount of ``rate_unit`` that one run does, from the size; None for no such column.
        rate_unit: for example megapixels.
    """

    name: str
    draw: Callable[[int], dict[str, Any]]
    ours: Candidate
    peers: tuple[Candidate, ...] = ()
    sizes: tuple[int, ...] = (1000,)
    quick: tuple[int, ...] = (1000,)
    unit: str = "px"
    dimension: int = 2
    aim: float | None = None
    rivals: tuple[str, ...] = ()
    tolerance: float = 0.0
    rate: Callable[[int], float] | None = None
    rate_unit: str = ""

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """Ours, then the peers."""
        return (self.ours, *self.peers)

    def work(self, size: int) -> float:
        """Return how much there is to do, in a unit of its own."""
        return float(size) ** self.dimension


ROWS = (
    "scores", "stain", "labelling", "segmenting", "preparation", "annotations", "training",
    "workflow", "growth", "networks",
)  # fmt: skip
"""Modules of ``bench/rows``, the most telling first."""


def list_comparisons(rows: tuple[str, ...] = ROWS) -> list[Comparison]:
    """Return the comparisons of these modules."""
    modules = (import_module(f"bench.rows.{row}") for row in rows)
    return [comparison for module in modules for comparison in module.COMPARISONS]
