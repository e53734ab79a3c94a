"""Time and memory that each rule took, as Snakemake's benchmarks and the logs of jobs have it."""

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from nucleibench.page.html import Cell, Table, number, tables
from nucleibench.page.run import Run

TITLE = "Time and memory"
HEADER = ["Rule", "Jobs", "Minutes in all", "Longest job, minutes", "CPU, minutes", "Memory, GB"]
NOTE = (
    "Memory is that of the largest job: with all its processes where Snakemake measured it, and of "
    "its largest process otherwise."
)
EFFORT = re.compile(r"took ([\d.]+) s, ([\d.]+) s of CPU, ([\d.]+) MB in its largest process\s*\Z")
"""The last line of the log of a finished job."""

COLUMNS = ["s", "cpu_time", "max_rss"]
"""Seconds, seconds of processors and MiB, as benchmarks call them."""

OWN = "write_page"
"""The rule that writes the page: its job is not finished yet."""


def render(run: Run) -> str:
    """Return what the jobs of each rule took, as far as it was recorded."""
    logged = _by_rule(run.results / "logs", "*.log", _read_log)
    measured = _by_rule(run.results / "benchmarks", "*.tsv", _read_benchmark)
    jobs = {rule: pd.concat(found) for rule, found in {**logged, **measured}.items()}
    if not jobs:
        return ""
    longest_first = sorted(jobs, key=lambda rule: (-float(jobs[rule]["s"].sum()), rule))
    rows = [_row(rule, jobs[rule]) for rule in longest_first]
    return tables([Table("What the jobs of each rule took", HEADER, rows, [NOTE])])


def _by_rule(
    folder: Path, pattern: str, read: Callable[[Path], pd.DataFrame]
) -> dict[str, list[pd.DataFrame]]:
    """Return rule -> its jobs. A rule of many jobs has a folder, a rule of one job a file."""
    found: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(folder.rglob(pattern)):
        rule = path.relative_to(folder).with_suffix("").parts[0]
        if rule != OWN and len(frame := read(path)):
            found.setdefault(rule, []).append(frame)
    return found


def _read_benchmark(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", na_values=["NA", "-"])[COLUMNS]


def _read_log(path: Path) -> pd.DataFrame:
    """Return what the job took; no row where it did not finish."""
    match = EFFORT.search(path.read_text(encoding="utf-8", errors="replace")[-200:])
    return pd.DataFrame([[*map(float, match.groups())]] if match else [], columns=COLUMNS)


def _row(rule: str, jobs: pd.DataFrame) -> list[Cell]:
    minutes = jobs["s"] / 60
    return [
        Cell(rule),
        number(len(jobs)),
        number(float(minutes.sum()), 2),
        number(float(minutes.max()), 2),
        number(float(jobs["cpu_time"].sum()) / 60, 2),
        number(float(jobs["max_rss"].max()) / 1024, 2),
    ]
