"""From a metrics file, a row per image, to the measures of the tables.

Counts are pooled over all images before ratios are taken ("pooled"), or ratios are taken image by
image and then averaged ("per_image"). AJI and PQ are means over images either way. Where there is
neither a true nor a predicted nucleus a ratio is 1; any other 0 / 0 is 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import numpy as np
import pandas as pd

from nucleibench.evaluate.scores import IOU_PERCENTS, match_column


@dataclass(frozen=True)
class Measure:
    """A column of the tables.

    Attributes:
        heading: What stands above the column.
        values: Its value for each row of counts and scores: of an image, or of all pooled.
        from_counts: Whether it is a ratio of counts, which can be pooled over the images. Others
            are means over the images either way.
    """

    heading: str
    values: Callable[[pd.DataFrame], np.ndarray | pd.Series]
    from_counts: bool = True

    def pooled(self, metrics: pd.DataFrame) -> float:
        """Return the value of all images' counts together."""
        return float(self.values(_pool(metrics) if self.from_counts else metrics).mean())

    def per_image(self, metrics: pd.DataFrame) -> float:
        """Return the mean of the images' values."""
        return float(self.values(metrics).mean())


AVERAGINGS: dict[str, Callable[[Measure, pd.DataFrame], float]] = {
    "pooled": Measure.pooled,
    "per_image": Measure.per_image,
}
"""Ways to bring the counts of many images into one number."""


def summarize(metrics: pd.DataFrame, averaging: str) -> dict[str, float]:
    """Return ``MEASURES`` and the numbers of images, true and predicted nuclei (n_true ...).

    Args:
        metrics: Rows of a metrics file, one per image.
        averaging: A key of ``AVERAGINGS``.
    """
    average = AVERAGINGS[averaging]
    return {
        **{name: average(measure, metrics) for name, measure in MEASURES.items()},
        "images": len(metrics),
        "n_true": int(metrics["n_true"].sum()),
        "n_predicted": int(metrics["n_predicted"].sum()),
    }


def precision_by_threshold(metrics: pd.DataFrame) -> pd.Series:
    """Return the pooled precision TP / (TP + FP), indexed by IoU threshold in percent."""
    pooled = _pool(metrics)
    return pd.Series({percent: _ratio(pooled, "precision", percent)[0] for percent in IOU_PERCENTS})


def _mean_over_thresholds(counts: pd.DataFrame, name: str) -> np.ndarray:
    return np.mean([_ratio(counts, name, percent) for percent in IOU_PERCENTS], axis=0)


def _ratio(counts: pd.DataFrame, name: str, percent: int) -> np.ndarray:
    """Return a ratio of ``RATIOS`` at one IoU threshold for each row of counts."""
    columns = counts[[match_column(percent), "n_true", "n_predicted"]].to_numpy(float)
    matched, true, predicted = columns.T
    numerator, denominator = RATIOS[name](matched, true, predicted)
    nothing_there = (true + predicted == 0).astype(float)
    return np.divide(numerator, denominator, out=nothing_there, where=denominator > 0)


def _pool(metrics: pd.DataFrame) -> pd.DataFrame:
    """Return one row with the sums of all columns; only those of counts have a meaning."""
    return metrics.sum(numeric_only=True).to_frame().T


RATIOS: dict[str, Callable[..., tuple[np.ndarray, np.ndarray]]] = {
    "precision": lambda matched, true, predicted: (matched, predicted),
    "recall": lambda matched, true, predicted: (matched, true),
    "f1": lambda matched, true, predicted: (2 * matched, true + predicted),
    "accuracy": lambda matched, true, predicted: (matched, true + predicted - matched),
}
"""Numerator and denominator of each ratio; accuracy is TP / (TP + FP + FN)."""

MEASURES = {
    "aji": Measure("AJI", itemgetter("aji"), from_counts=False),
    "map_paper": Measure("mAP", partial(_mean_over_thresholds, name="precision")),
    "map_dsb": Measure("mAP (DSB)", partial(_mean_over_thresholds, name="accuracy")),
    "f1_70": Measure("F1 (0.7)", partial(_ratio, name="f1", percent=70)),
    "recall_70": Measure("R (0.7)", partial(_ratio, name="recall", percent=70)),
    "precision_70": Measure("P (0.7)", partial(_ratio, name="precision", percent=70)),
    "f1_50": Measure("F1 (0.5)", partial(_ratio, name="f1", percent=50)),
    "recall_50": Measure("R (0.5)", partial(_ratio, name="recall", percent=50)),
    "precision_50": Measure("P (0.5)", partial(_ratio, name="precision", percent=50)),
    "pq": Measure("PQ", itemgetter("pq"), from_counts=False),
}
"""The measures in the order of the tables. mAP is the mean over the ten IoU thresholds of the
precision TP / (TP + FP), mAP (DSB) that of TP / (TP + FP + FN) (Caicedo et al., Nat. Methods 16,
2019); F1, recall (R) and precision (P) are taken at one IoU."""
