"""From the rows of a metrics file to the one row of a method in Table 2.

Counts are pooled over all images before ratios are taken ("pooled"), or ratios are taken image by
image and then averaged ("per_image"). AJI and PQ are means over images either way. Where there is
neither a true nor a predicted nucleus a ratio is 1; any other 0 / 0 is 0.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from nucleibench.evaluate.scores import IOU_PERCENTS, match_column

RESAMPLES = 10_000
CONFIDENCE = 0.95


def summarize(metrics: pd.DataFrame, averaging: str) -> dict[str, float]:
    """Return the scores of one method on one dataset.

    Args:
        metrics: Rows of a metrics file, one per image.
        averaging: A key of ``AVERAGINGS``.

    Returns:
        aji; map_paper, the mean over the ten IoU thresholds of the precision TP / (TP + FP);
        map_dsb, the mean of TP / (TP + FP + FN) (Caicedo et al., Nat. Methods 16, 2019); f1,
        recall and precision at IoU 0.7 and 0.5; pq, a mean over images as the AJI; and the
        numbers of images, true and predicted nuclei.
    """
    return {
        "aji": float(metrics["aji"].mean()),
        **AVERAGINGS[averaging](metrics),
        "pq": float(metrics["pq"].mean()),
        "images": len(metrics),
        "n_true": int(metrics["n_true"].sum()),
        "n_predicted": int(metrics["n_predicted"].sum()),
    }


def precision_by_threshold(metrics: pd.DataFrame) -> pd.Series:
    """Return the pooled precision TP / (TP + FP), indexed by IoU threshold in percent."""
    pooled = _pool(metrics)
    return pd.Series({percent: _ratio(pooled, "precision", percent)[0] for percent in IOU_PERCENTS})


def bootstrap_interval(values: np.ndarray, seed: int) -> tuple[float, float]:
    """Return the percentile bootstrap interval of the mean of ``values``.

    With few images, such as eight, it is somewhat too narrow; it says how much the choice of
    images alone could move the mean.

    Args:
        values: One score per image, shape (n,).
        seed: Seed of the resampling.

    Returns:
        Lower and upper bound at the confidence ``CONFIDENCE``, from ``RESAMPLES`` resamples.
    """
    generator = np.random.default_rng(seed)
    samples = generator.choice(np.asarray(values, float), (RESAMPLES, len(values)))
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(samples.mean(axis=1), [tail, 1 - tail])
    return float(low), float(high)


def _detection_scores(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each row of counts."""
    scores = {
        "map_paper": _mean_over_thresholds(counts, "precision"),
        "map_dsb": _mean_over_thresholds(counts, "accuracy"),
    }
    for percent in (70, 50):
        for name in ("f1", "recall", "precision"):
            scores[f"{name}_{percent}"] = _ratio(counts, name, percent)
    return pd.DataFrame(scores)


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
    """Return one row with the sums of all counts."""
    columns = ["n_true", "n_predicted", *map(match_column, IOU_PERCENTS)]
    return metrics[columns].sum().to_frame().T


RATIOS: dict[str, Callable[..., tuple[np.ndarray, np.ndarray]]] = {
    "precision": lambda matched, true, predicted: (matched, predicted),
    "recall": lambda matched, true, predicted: (matched, true),
    "f1": lambda matched, true, predicted: (2 * matched, true + predicted),
    "accuracy": lambda matched, true, predicted: (matched, true + predicted - matched),
}
"""Numerator and denominator of each ratio; accuracy is TP / (TP + FP + FN)."""

AVERAGINGS: dict[str, Callable[[pd.DataFrame], dict[str, float]]] = {
    "pooled": lambda metrics: _detection_scores(_pool(metrics)).iloc[0].to_dict(),
    "per_image": lambda metrics: _detection_scores(metrics).mean().to_dict(),
}
"""Ways to bring the counts of many images into one number."""
