"""Where a peer is faster than ours, and which aims are missed: in one place."""

from collections.abc import Iterator

from bench.judging import Outcome, Verdict, ratio, tell_numbers
from bench.tables import format_ratio


def tell_losses(outcomes: list[Outcome]) -> str:
    """Return the section of all peers that need less CPU time than ours, and of missed aims."""
    faster = [line for outcome in outcomes for line in _tell_faster(outcome)]
    missed = [line for outcome in outcomes for line in _tell_missed(outcome)]
    lines = [*(faster or ["none"]), "", "Aims that are missed:", "", *(missed or ["none"])]
    listed = "\n".join(line if not line or line.endswith(":") else f"- {line}" for line in lines)
    return f"## Where a peer is faster\n\n{listed}\n"


def find_faster(outcome: Outcome) -> list[Verdict]:
    """Return the peers that are faster than ours, each at the largest size at which it ran."""
    largest: dict[str, Verdict] = {}
    for size in sorted(outcome.sizes):
        ours, *peers = outcome.sizes[size]
        for peer in peers:
            if ours.cpu and peer.cpu:
                largest[peer.candidate.name] = Verdict(size, peer, ratio(peer, ours))
    return [found for found in largest.values() if found.ratio.middle < 1]


def _tell_faster(outcome: Outcome) -> Iterator[str]:
    for found in find_faster(outcome):
        ours = outcome.sizes[found.size][0]
        yield (
            f"**{found.rival.candidate.name}**, {_where(outcome, found.size)}: "
            f"{format_ratio(found.ratio)} of our time; "
            f"numbers: {tell_numbers(outcome.comparison, ours, found.rival)}"
        )


def _tell_missed(outcome: Outcome) -> Iterator[str]:
    aim, verdict = outcome.comparison.aim, outcome.verdict()
    if aim and verdict and verdict.ratio.middle < aim:
        yield (
            f"{_where(outcome, verdict.size)}: {format_ratio(verdict.ratio)} times the time of "
            f"ours for {verdict.rival.candidate.name}, where {aim:g} was the aim"
        )


def _where(outcome: Outcome, size: int) -> str:
    return f"{outcome.comparison.name}, {size:,} {outcome.comparison.unit}"
