"""The metrics files of several rows of a table, all of one dataset, read together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from nucleibench.errors import DataError
from nucleibench.evaluate.evaluating import read_metrics


def read_results(metrics: Mapping[str, str | Path], rows: Sequence[str]) -> dict[str, pd.DataFrame]:
    """Return row -> its metrics, in the order of ``rows``.

    Args:
        metrics: Row -> metrics file. All must hold the same images with the same true nuclei;
            they may order them differently, which is put right here.
        rows: The keys of ``metrics`` in the order wanted.

    Raises:
        DataError: If there is no file, if ``rows`` and ``metrics`` have different keys, or if two
            rows were scored on different images.
    """
    _check_rows(metrics, rows)
    results = {
        row: read_metrics(metrics[row]).sort_values("image", ignore_index=True) for row in rows
    }
    first, *others = results
    for row in others:
        if not _same_truth(results[first], results[row]):
            raise DataError(
                f"{metrics[row]}: other images or other true nuclei than in {metrics[first]}; "
                "evaluate both on the same data"
            )
    return results


def aji_by_image(results: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the AJI, a row per image, a column per row of the tables."""
    return pd.DataFrame({row: images.set_index("image")["aji"] for row, images in results.items()})


def _check_rows(metrics: Mapping[str, str | Path], rows: Sequence[str]) -> None:
    if without := [row for row in rows if row not in metrics]:
        raise DataError(f"no metrics for the rows {', '.join(without)}; evaluate them first")
    if unknown := [row for row in metrics if row not in rows]:
        raise DataError(f"no title for the rows {', '.join(unknown)}; give each of them one")
    if not metrics:
        raise DataError("there are no metrics files to report on; compare at least one method")


def _same_truth(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    columns = ["image", "n_true"]
    return one[columns].equals(other[columns])
