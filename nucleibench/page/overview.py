"""What was run, and its main result in one glance."""

import importlib.metadata
import platform
from typing import Any

import pandas as pd
import yaml

from nucleibench import __version__
from nucleibench.page.html import fill, read_frame
from nucleibench.page.missing import find_missing
from nucleibench.page.run import Run

TITLE = "What was run"
TEMPLATE = "overview.html"
PACKAGES = (
    "keras", "tensorflow", "jax", "numpy", "scipy", "pandas", "scikit-image",
    "opencv-python-headless", "onnxruntime", "snakemake", "matplotlib",
)  # fmt: skip


def render(run: Run) -> str:
    """Return the facts of the run, its configuration and the versions of packages."""
    facts = [*_best_rows(run), *_facts(run)]
    stated = _without_empty(dict(run.configuration))
    text = yaml.safe_dump(stated, sort_keys=False, allow_unicode=True, width=100)
    values = {"configuration": text, "versions": _versions(), "missing": find_missing(run)}
    return fill(TEMPLATE, facts=facts, **values)


def _without_empty(value: Any) -> Any:
    """Return plain values without keys that have no value."""
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(inner) for key, inner in value.items()}
    return {key: inner for key, inner in kept.items() if inner not in (None, "", [], {})}


def _facts(run: Run) -> list[dict[str, str]]:
    configuration = run.configuration
    facts = {
        "Held-out organ": (run.test_organ, f"networks train on {run.training_dataset} without it"),
        "Compared": (f"{len(run.methods)} methods", f"on {', '.join(run.datasets)}"),
        "Trainings": (str(len(run.trainings)), f"seed {configuration.get('seed', 'not stated')}"),
        "Version": (f"NucleiBench {__version__}", f"Python {platform.python_version()}"),
    }
    return [_fact(name, *values) for name, values in facts.items()]


def _best_rows(run: Run) -> list[dict[str, str]]:
    """Return the row of highest AJI on each dataset, where there is a table."""
    found = [(dataset, run.table(f"table2_{dataset}")) for dataset in run.datasets]
    return [_best_row(run, dataset, read_frame(path)) for dataset, path in found if path.is_file()]


def _best_row(run: Run, dataset: str, table: pd.DataFrame) -> dict[str, str]:
    best = table.loc[table["aji"].idxmax()]
    title = run.methods.get(best["method"])
    name = title.name if title else best["method"]
    return _fact(f"Highest AJI on {dataset}", f"{best['aji']:.3f}", name + _interval(best))


def _interval(row: pd.Series) -> str:
    """Return the interval in words; of a single patient there is none."""
    if pd.isna(row["aji_low"]):
        return ""
    return f", 95% interval {row['aji_low']:.2f} to {row['aji_high']:.2f}"


def _fact(name: str, value: Any, more: str) -> dict[str, str]:
    return {"name": name, "value": str(value), "more": more}


def _versions() -> dict[str, str]:
    """Return package -> version where this page was written; packages that are absent, left out."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
