"""The table of seeds: how far the scores of a network depend on the seed of its training."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import pandas as pd

from nucleibench.errors import DataError
from nucleibench.evaluate.summary import MEASURES, summarize
from nucleibench.files import atomic_path
from nucleibench.report.markup import Cell, Section, Table, write_tables
from nucleibench.report.results import read_results

DIGITS = 3
STATISTICS = {"mean": "mean", "deviation": "std", "lowest": "min", "highest": "max"}


def write_seeds(
    metrics: Mapping[str, str | Path],
    trainings: Mapping[str, Sequence[str]],
    names: Mapping[str, str],
    dataset: str,
    output_csv: str | Path,
    output_md: str | Path,
    output_tex: str | Path,
) -> None:
    """Write mean and spread of the scores of methods that were trained several times.

    Args:
        metrics: Row -> metrics file.
        trainings: Method -> the rows that are its trainings, two or more, one per seed.
        names: Method -> its name in the tables; the key itself where missing.
        dataset: Name of the dataset, for the caption.
        output_csv: Where to write a row per method and measure: number of trainings, mean, sample
            standard deviation, lowest and highest, of counts pooled over the images.
        output_md: Mean and deviation for reading.
        output_tex: The same to be included in a LaTeX document that loads booktabs.

    Raises:
        DataError: If a method was trained once.
    """
    results = read_results(metrics, list(chain(*trainings.values())))
    spreads = {
        method: describe_spread([summarize(results[row], "pooled") for row in rows])
        for method, rows in trainings.items()
    }
    with atomic_path(output_csv) as temporary:
        pd.concat(spreads, names=["method", "measure"]).to_csv(temporary)
    table = _table(dataset, spreads, names)
    for output in (output_md, output_tex):
        write_tables(output, [table])


def describe_spread(scores: Sequence[Mapping[str, float]]) -> pd.DataFrame:
    """Return a row per measure: trainings, mean, deviation (n - 1), lowest, highest."""
    if len(scores) < 2:
        raise DataError("the spread over trainings needs two or more of them; add a seed")
    measures = pd.DataFrame(list(scores))[list(MEASURES)]
    spread = measures.agg(list(STATISTICS.values())).T
    spread.columns = list(STATISTICS)
    spread.insert(0, "trainings", len(scores))
    return spread


def _table(dataset: str, spreads: Mapping[str, pd.DataFrame], names: Mapping[str, str]) -> Table:
    caption = f"Scores on {dataset} over trainings from several seeds: mean and standard deviation"
    headings = [measure.heading for measure in MEASURES.values()]
    header = [Cell("Method"), Cell("Trainings"), *map(Cell, headings)]
    lines = [_cells(names.get(method, method), spread) for method, spread in spreads.items()]
    return Table(caption, header, [Section("", lines)])


def _cells(name: str, spread: pd.DataFrame) -> list[Cell]:
    scores = [
        Cell(f"{measure['mean']:.{DIGITS}f}", aside=f"± {measure['deviation']:.{DIGITS}f}")
        for _, measure in spread.iterrows()
    ]
    return [Cell(name), Cell(str(int(spread["trainings"].iloc[0]))), *scores]
