"""The results in Markdown."""

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.demo import RECORDS, tell_demo
from bench.judging import Outcome, ratio, tell_numbers
from bench.losses import tell_losses
from bench.measuring import Measured
from bench.tables import format_ratio, table

HEAD = """# Results of the benchmarks

Written by `{command}`; [docs/benchmarks.md](../docs/benchmarks.md) says how to read and repeat it.
All figures are of one run on one machine. Candidates took turns. A ratio is the CPU time of a
peer divided by ours: above 1, ours is faster. In brackets are the lowest and the highest ratio of
all turns. Times are medians. Memory is the peak of the process tree, with imports and inputs.

![Ratios and growth]({picture})

"""


def write_results(
    path: Path,
    command: str,
    machine: dict[str, str],
    outcomes: list[Outcome],
    left: list[str],
    demo: Path = RECORDS,
) -> None:
    """Write all outcomes.

    Args:
        path: of the page.
        command: that measured.
        machine: what is said of it.
        outcomes: of the comparisons.
        left: names of the comparisons that were not reached.
        demo: records of a finished demo.
    """
    parts = [
        HEAD.format(command=command, picture=path.with_suffix(".png").name),
        _machine(machine),
        _summary(outcomes),
        tell_losses(outcomes),
    ]
    parts += ["\n## In detail\n", *map(_detail, outcomes), tell_demo(demo), _versions(outcomes)]
    parts += [_left(outcomes, left)]
    path.write_text("\n".join(parts))


def _machine(machine: dict[str, str]) -> str:
    return table(["machine", ""], [[name, value] for name, value in machine.items()])


def _summary(outcomes: list[Outcome]) -> str:
    head = ["what", "size", "rival of the aim", "ratio", "aim", "reached"]
    head += ["fastest of all peers", "ratio", "ours grows as work to the", "measured in, s"]
    return "## Summary\n\n" + table(head, [_summarize(outcome) for outcome in outcomes])


def _summarize(outcome: Outcome) -> list[str]:
    comparison, growth, verdict = outcome.comparison, outcome.growth(), outcome.verdict()
    grows = f"{growth:.2f}" if growth is not None else ""
    took = f"{outcome.seconds:.0f}"
    aim = f"{comparison.aim:g}" if comparison.aim else ""
    if verdict is None:
        return [comparison.name, "", "", "", aim, "", "", "", grows, took]
    reached = "" if not aim else "yes" if verdict.ratio.middle >= comparison.aim else "**no**"
    size = f"{verdict.size:,} {comparison.unit}"
    fastest = outcome.fastest()
    beside = [format_ratio(verdict.ratio), aim, reached]
    last = [fastest.rival.candidate.name, format_ratio(fastest.ratio), grows, took]
    return [comparison.name, size, verdict.rival.candidate.name, *beside, *last]


def _detail(outcome: Outcome) -> str:
    comparison = outcome.comparison
    head = ["candidate", "size", "CPU s", "wall clock s", "ratio", "memory, MB", "numbers"]
    head += [f"{comparison.rate_unit} a CPU second"] if comparison.rate else []
    rows = [
        _line(outcome, size, measured, found)
        for size, measured in outcome.sizes.items()
        for found in measured
        if found.cpu
    ]
    return f"### {comparison.name}\n\n" + table(head, rows)


def _line(outcome: Outcome, size: int, measured: list[Measured], found: Measured) -> list[str]:
    comparison, ours = outcome.comparison, measured[0]
    others = ["1", ""] if found is ours else _beside(outcome, ours, found)
    cpu, wall = median(found.cpu), median(found.wall)
    line = [found.candidate.name, f"{size:,} {comparison.unit}", f"{cpu:.3g}", f"{wall:.3g}"]
    line += [others[0], f"{found.peak:.0f}", others[1]]
    return line + ([f"{comparison.rate(size) / cpu:.3g}"] if comparison.rate else [])


def _beside(outcome: Outcome, ours: Measured, found: Measured) -> list[str]:
    if not ours.cpu:
        return ["", ""]
    return [format_ratio(ratio(found, ours)), tell_numbers(outcome.comparison, ours, found)]


def _versions(outcomes: list[Outcome]) -> str:
    found = {
        name: value
        for outcome in outcomes
        for measured in outcome.sizes.values()
        for candidate in measured
        for name, value in candidate.versions.items()
    }
    return "## Versions\n\n" + ", ".join(f"{n} {v}" for n, v in sorted(found.items())) + "\n"


def _left(outcomes: list[Outcome], left: list[str]) -> str:
    lines = sorted({line for outcome in outcomes for line in _not_measured(outcome)})
    lines += [f"{name}: the time was over" for name in left]
    lines += ["accelerators: all candidates compute on processors"]
    return "## Not measured\n\n" + "".join(f"- {line}\n" for line in lines)


def _not_measured(outcome: Outcome) -> Iterator[str]:
    for size, measured in outcome.sizes.items():
        for found in measured:
            if found.why_not:
                where = f"{outcome.comparison.name}, {size:,} {outcome.comparison.unit}"
                yield f"{where}: {found.candidate.name}: {found.why_not}"
