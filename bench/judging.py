"""From measurements to ratios, and whether numbers are the same."""

import math
from dataclasses import dataclass
from statistics import median

import numpy as np

from bench.measuring import Measured
from bench.registry import Comparison


@dataclass(frozen=True)
class Ratio:
    """CPU time of a peer over ours: the median, and the lowest and highest of all turns."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Verdict:
    """How far ours is ahead of the rival that comes nearest, at the largest size that it ran."""

    size: int
    rival: Measured
    ratio: Ratio


@dataclass(frozen=True)
class Outcome:
    """All that was measured of a comparison.

    Attributes:
        comparison: which.
        sizes: size -> candidates, ours first.
        seconds: wall clock that the measuring took, with starts and inputs.
    """

    comparison: Comparison
    sizes: dict[int, list[Measured]]
    seconds: float = 0.0

    def verdict(self) -> Verdict | None:
        """Return how ours stands; None where ours or every rival was not measured."""
        for size in sorted(self.sizes, reverse=True):
            ours, *peers = self.sizes[size]
            rivals = find_rivals(self.comparison, ours, peers) if ours.cpu else []
            if rivals:
                rival = min(rivals, key=lambda found: median(found.cpu))
                return Verdict(size, rival, ratio(rival, ours))
        return None

    def fastest(self) -> Verdict | None:
        """Return how ours stands beside the fastest of all peers, whatever numbers it gives."""
        if (verdict := self.verdict()) is None:
            return None
        ours, *peers = self.sizes[verdict.size]
        peer = min((p for p in peers if p.cpu), key=lambda found: median(found.cpu))
        return Verdict(verdict.size, peer, ratio(peer, ours))

    def growth(self, number: int = 0) -> float | None:
        """Return the power of the work with which the CPU time of a candidate grows."""
        ran = [size for size, found in self.sizes.items() if found[number].cpu]
        if len(ran) < 2:
            return None
        first, last = (median(self.sizes[size][number].cpu) for size in (min(ran), max(ran)))
        work = self.comparison.work
        return math.log(last / first) / math.log(work(max(ran)) / work(min(ran)))


def ratio(peer: Measured, ours: Measured) -> Ratio:
    """Compare CPU times; turns are compared one by one where both ran as often."""
    middle = median(peer.cpu) / median(ours.cpu)
    same = len(peer.cpu) == len(ours.cpu)
    turns = (
        zip(peer.cpu, ours.cpu, strict=True) if same else ((p, median(ours.cpu)) for p in peer.cpu)
    )
    ratios = [theirs / own for theirs, own in turns]
    return Ratio(middle, min(*ratios, middle), max(*ratios, middle))


def find_rivals(comparison: Comparison, ours: Measured, peers: list[Measured]) -> list[Measured]:
    """Return the peers that the aim is about."""
    ran = [peer for peer in peers if peer.cpu]
    if comparison.rivals:
        return [peer for peer in ran if peer.candidate.name in comparison.rivals]
    return [peer for peer in ran if gives_the_same(comparison, ours, peer)] or ran


def gives_the_same(comparison: Comparison, ours: Measured, peer: Measured) -> bool:
    """Tell whether a peer was to give our numbers, and did."""
    difference = largest_difference(ours, peer)
    measured = difference is not None and difference <= comparison.tolerance
    return measured and not peer.candidate.differs


def largest_difference(ours: Measured, peer: Measured) -> float | None:
    """Return the largest absolute difference of the numbers that both have; None without any."""
    shared = ours.numbers.keys() & peer.numbers.keys()
    return max((_difference(ours.numbers[n], peer.numbers[n]) for n in shared), default=None)


def _difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    if ours.shape != theirs.shape:
        return math.inf
    return float(np.abs(ours.astype(float) - theirs.astype(float)).max(initial=0))


def tell_numbers(comparison: Comparison, ours: Measured, peer: Measured) -> str:
    """Return in words whether a peer gives our numbers."""
    if peer.candidate.differs:
        return peer.candidate.differs
    difference = largest_difference(ours, peer)
    if difference is None:
        return "none to compare"
    if difference <= comparison.tolerance:
        return "same" if difference == 0 else f"same within {comparison.tolerance:g}"
    return "**DIFFERENT shape**" if math.isinf(difference) else f"**DIFFERENT by {difference:.3g}**"
