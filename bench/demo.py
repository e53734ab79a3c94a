"""What the jobs of the demo took, from Snakemake's records of `make demo`."""

import csv
from collections import defaultdict
from pathlib import Path

from bench.tables import table

RECORDS = Path(__file__).parents[1] / "results" / "demo" / "benchmarks"
HEAD = ["rule", "jobs", "wall clock s in all", "CPU s in all", "memory of the largest, MB"]
NOTE = """Recorded when `make demo` ran, and not in the run of the tables above.
Only rules that record what they take are listed."""


def tell_demo(records: Path = RECORDS) -> str:
    """Return the demo stage by stage, or that it has not run."""
    jobs: dict[str, list[dict[str, str]]] = defaultdict(list)
    for path in sorted(records.rglob("*.tsv")):
        with open(path) as file:
            jobs[path.relative_to(records).parts[0].removesuffix(".tsv")] += csv.DictReader(
                file, delimiter="\t"
            )
    title = "## The demo, stage by stage\n\n"
    if not jobs:
        return f"{title}Not measured: run `make demo` before.\n"
    total = _row("all", [job for found in jobs.values() for job in found])
    return f"{title}{NOTE}\n\n" + table(HEAD, [*(_row(*item) for item in jobs.items()), total])


def _row(rule: str, jobs: list[dict[str, str]]) -> list[str]:
    wall, cpu, memory = ([_number(job[k]) for job in jobs] for k in ("s", "cpu_time", "max_rss"))
    return [rule, str(len(jobs)), f"{sum(wall):.1f}", f"{sum(cpu):.1f}", f"{max(memory):.0f}"]


def _number(text: str) -> float:
    """Return a number; of jobs too short to be looked at Snakemake records none."""
    return float(text) if text.replace(".", "", 1).isdigit() else 0.0
