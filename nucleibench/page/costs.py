"""Time and memory that each rule took, as Snakemake's benchmarks recorded them."""

import pandas as pd

from nucleibench.page.html import Cell, Table, number, tables
from nucleibench.page.run import Run

TITLE = "Time and memory"
HEADER = ["Rule", "Jobs", "Minutes in all", "Longest job, minutes", "CPU, minutes", "Memory, GB"]
NOTE = "Memory is that of the largest job. Only rules that record what they take are listed."


def render(run: Run) -> str:
    """Return what the jobs of each rule took, as far as it was recorded."""
    folder = run.results / "benchmarks"
    jobs = {
        rule.name: pd.concat(map(_read, files))
        for rule in sorted(folder.glob("*"))
        if (files := sorted(rule.rglob("*.tsv")))
    }
    jobs |= {file.stem: _read(file) for file in sorted(folder.glob("*.tsv"))}
    if not jobs:
        return ""
    rows = [_row(rule, frame) for rule, frame in jobs.items()]
    return tables([Table("What the jobs of each rule took", HEADER, rows, [NOTE])])


def _read(path: object) -> pd.DataFrame:
    return pd.read_csv(str(path), sep="\t", na_values=["NA", "-"])


def _row(rule: str, jobs: pd.DataFrame) -> list[Cell]:
    minutes = jobs["s"] / 60
    return [
        Cell(rule),
        number(len(jobs)),
        number(float(minutes.sum()), 1),
        number(float(minutes.max()), 1),
        number(float(jobs["cpu_time"].sum()) / 60, 1),
        number(float(jobs["max_rss"].max()) / 1024, 2),
    ]
