"""Measure and write the results: ``python -m bench [--quick] [--rows ...]``."""

import argparse
import time
from pathlib import Path

from bench.demo import RECORDS
from bench.judging import Outcome
from bench.machine import describe_machine, load, now
from bench.measuring import Effort, list_skipped, measure
from bench.picture import draw_picture
from bench.registry import ROWS, Comparison, list_comparisons
from bench.report import write_results

QUICK, FULL = Effort(repeats=3, longest=4, with_slow=False), Effort(repeats=5, longest=8)


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, below five minutes")
    parser.add_argument("--rows", nargs="+", default=ROWS, choices=ROWS, help="by default all")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="start no row later")
    parser.add_argument("--demo", type=Path, default=RECORDS, help="records of a finished demo")
    parser.add_argument("--output", type=Path, help="default: bench/results[_quick].md")
    chosen = parser.parse_args(arguments)
    name = "results_quick.md" if chosen.quick else "results.md"
    chosen.output = chosen.output or Path(__file__).with_name(name)
    return chosen


def run(comparison: Comparison, sizes: tuple[int, ...], effort: Effort) -> Outcome:
    """Measure a comparison at all sizes."""
    done: dict = {}
    begun = time.monotonic()
    for size in sizes:
        skipped = list_skipped(comparison, size, list(done.items()), effort)
        done[size] = measure(comparison, size, effort, skipped)
    return Outcome(comparison, done, time.monotonic() - begun)


def run_all(comparisons: list[Comparison], chosen: argparse.Namespace) -> list[Outcome]:
    """Measure comparison after comparison, and write what there is after each."""
    effort, command = (QUICK, "make bench-quick") if chosen.quick else (FULL, "make bench")
    ends = time.monotonic() + 60 * chosen.minutes
    machine = {**describe_machine(), "begun": now(), "load averages before": load()}
    sizes = {c.name: c.quick if chosen.quick else c.sizes for c in comparisons}
    waiting = [comparison for comparison in comparisons if sizes[comparison.name]]
    outcomes: list[Outcome] = []
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    while waiting and time.monotonic() < ends:
        comparison = waiting.pop(0)
        print(f"{now()}  {comparison.name}", end="", flush=True)
        outcomes.append(run(comparison, sizes[comparison.name], effort))
        print(f": {outcomes[-1].seconds:.0f} s", flush=True)
        told = {**machine, "ended": now(), "load averages after": load()}
        left = [comparison.name for comparison in waiting]
        write_results(chosen.output, command, told, outcomes, left, chosen.demo)
        draw_picture(chosen.output.with_suffix(".png"), outcomes)
    return outcomes


if __name__ == "__main__":
    arguments = read_arguments()
    run_all(list_comparisons(tuple(arguments.rows)), arguments)
    print(arguments.output)
