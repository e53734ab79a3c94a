"""The metrics files of several methods on one dataset, read together."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nucleibench.errors import DataError
from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.report.methods import in_order


def read_results(metrics: Mapping[str, str | Path]) -> dict[str, pd.DataFrame]:
    """Return method -> its metrics, in the tables' order.

    Args:
        metrics: Method -> metrics file. All must hold the same images with the same true nuclei;
            they may order them differently, which is put right here.

    Raises:
        DataError: If there is no file, or if two methods were scored on different images.
    """
    if not metrics:
        raise DataError("there are no metrics files to report on")
    results = {method: _read_sorted(metrics[method]) for method in in_order(metrics)}
    first, *others = results
    for method in others:
        if not _same_truth(results[first], results[method]):
            raise DataError(
                f"{metrics[method]}: other images or other true nuclei than in {metrics[first]}; "
                "evaluate both methods on the same data"
            )
    return results


def aji_by_image(results: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the AJI, a row per image, a column per method."""
    return pd.DataFrame(
        {method: rows.set_index("image")["aji"] for method, rows in results.items()}
    )


def _read_sorted(path: str | Path) -> pd.DataFrame:
    return read_metrics(path).sort_values("image", ignore_index=True)


def _same_truth(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = ["image", "n_true"]
    return one[columns].equals(other[columns])
