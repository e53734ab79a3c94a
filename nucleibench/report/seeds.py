"""The table of repeated trainings: how far the scores of a network hang on its seed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nucleibench.errors import DataError
from nucleibench.evaluate.summary import summarize
from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.methods import describe_method
from nucleibench.report.results import read_results
from nucleibench.report.table2 import HEADINGS

DIGITS = 3
STATISTICS = {"mean": "mean", "deviation": "std", "lowest": "min", "highest": "max"}


def write_seeds(
    metrics: Mapping[str, str | Path],
    trainings: Mapping[str, Sequence[str]],
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write mean and spread of the scores of networks that were trained several times.

    Args:
        metrics: Method -> metrics file.
        trainings: Name of a network -> the methods that are its trainings, two or more.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write a row per network and measure: number of trainings, mean, sample
            standard deviation, lowest and highest. Measures are those of Table 2 (counts pooled
            over the images).
        output_md: Mean and deviation for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.

    Raises:
        DataError: If a network was trained once.
    """
    scores = {method: summarize(rows, "pooled") for method, rows in read_results(metrics).items()}
    spreads = {
        network: describe_spread([scores[method] for method in methods])
        for network, methods in trainings.items()
    }
    with atomic_path(output_csv) as temporary:
        pd.concat(spreads, names=["method", "measure"]).to_csv(temporary)
    caption = f"Scores on {dataset} over trainings from several seeds: mean and standard deviation"
    header = [Cell("Method"), Cell("Trainings"), *map(Cell, HEADINGS.values())]
    rows = [_row(network, spread) for network, spread in spreads.items()]
    for output in (output_md, output_tex):
        write_tables(output, [Table(caption, header, [Section("", rows)])])


def describe_spread(scores: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Return a row per measure: trainings, mean, deviation (n - 1), lowest, highest."""
    if len(scores) < 2:
        raise DataError("the spread over trainings needs two or more of them")
    measures = pd.DataFrame(list(scores))[list(HEADINGS)]
    spread = measures.agg(list(STATISTICS.values())).T
    spread.columns = list(STATISTICS)
    spread.insert(0, "trainings", len(scores))
    return spread


def _row(network: str, spread: pd.DataFrame) -> list[Cell]:
    scores = [
        Cell(f"{row['mean']:.{DIGITS}f}", aside=f"± {row['deviation']:.{DIGITS}f}")
        for _, row in spread.iterrows()
    ]
    trainings = int(spread["trainings"].iloc[0])
    return [Cell(describe_method(network).name), Cell(str(trainings)), *scores]
