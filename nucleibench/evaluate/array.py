"""The scores of one image at hand, as a function of the package."""

import numpy as np
import pandas as pd

from nucleibench.evaluate.scores import score_image
from nucleibench.evaluate.summary import MEASURES, summarize


def evaluate(true: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """Compare the nuclei that any method predicted in an image with the true ones.

    Args:
        true: labels, whole numbers (height, width): 0 is background, each nucleus has its own.
        predicted: labels of the same shape.

    Returns:
        Scores by name, each in [0, 1] but for counts. ``aji``, ``aji_plus``, ``pq`` and ``dice``;
        ``map_paper``, the mean over IoU 0.5 to 0.95 of TP / (TP + FP), and ``map_dsb``, that of
        TP / (TP + FP + FN); ``f1_50``, ``recall_50``, ``precision_50`` and those of IoU 0.7; the
        counts ``n_true``, ``n_predicted``, ``tp_50`` to ``tp_95``, and mistakes of each kind.

    Raises:
        DataError: the arrays cannot be compared.
    """
    scores = score_image(true, predicted)
    measures = summarize(pd.DataFrame([scores]), "pooled")
    return {**{name: measures[name] for name in MEASURES}, **scores}
