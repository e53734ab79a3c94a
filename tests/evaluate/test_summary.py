import numpy as np
import pandas as pd
import pytest

from nucleibench.evaluate.scores import IOU_PERCENTS
from nucleibench.evaluate.summary import (
    AVERAGINGS,
    MEASURES,
    precision_by_threshold,
    summarize,
)


def metrics(*rows):
    """One row per image: n_true, n_predicted, aji and the ten counts of matches; PQ is half AJI."""
    columns = ["n_true", "n_predicted", "aji", *(f"tp_{percent}" for percent in IOU_PERCENTS)]
    table = pd.DataFrame([[*head, *counts] for *head, counts in rows], columns=columns)
    return table.assign(pq=table["aji"] / 2)


two_images = metrics(
    (10, 20, 0.5, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
    (40, 20, 0.3, [20, 18, 16, 14, 12, 10, 8, 6, 4, 2]),
)


def test_pooled_counts():
    summary = summarize(two_images, "pooled")

    assert (summary["aji"], summary["pq"]) == (0.4, 0.2)
    assert (summary["images"], summary["n_true"], summary["n_predicted"]) == (2, 50, 40)
    assert summary["precision_50"] == 30 / 40
    assert summary["recall_50"] == 30 / 50
    assert summary["f1_50"] == 60 / 90
    assert summary["precision_70"] == 18 / 40
    assert summary["map_paper"] == pytest.approx(16.5 / 40)
    matched = np.arange(30, 0, -3)
    assert summary["map_dsb"] == pytest.approx(np.mean(matched / (90 - matched)))


def test_averages_of_images():
    summary = summarize(two_images, "per_image")

    assert summary["aji"] == 0.4
    assert summary["precision_50"] == (10 / 20 + 20 / 20) / 2
    assert summary["recall_50"] == (10 / 10 + 20 / 40) / 2
    assert summary["map_paper"] == pytest.approx((5.5 / 20 + 11 / 20) / 2)


def test_both_ways_agree_on_one_image():
    image = two_images.head(1)
    assert summarize(image, "pooled") == pytest.approx(summarize(image, "per_image"))


def test_columns_and_their_order():
    assert list(summarize(two_images, "pooled")) == [
        *("aji", "map_paper", "map_dsb"),
        *("f1_70", "recall_70", "precision_70", "f1_50", "recall_50", "precision_50"),
        *("pq", "images", "n_true", "n_predicted"),
    ]


def test_headings_and_their_order():
    assert [measure.heading for measure in MEASURES.values()] == [
        *("AJI", "mAP", "mAP (DSB)"),
        *("F1 (0.7)", "R (0.7)", "P (0.7)", "F1 (0.5)", "R (0.5)", "P (0.5)", "PQ"),
    ]


@pytest.mark.parametrize("averaging", AVERAGINGS)
@pytest.mark.parametrize(("n_true", "n_predicted", "expected"), [(0, 0, 1), (5, 0, 0), (0, 5, 0)])
def test_division_by_zero(averaging, n_true, n_predicted, expected):
    summary = summarize(metrics((n_true, n_predicted, 0.0, [0] * 10)), averaging)
    assert {summary[key] for key in ("map_paper", "map_dsb", "f1_50")} == {expected}
    assert {summary[key] for key in ("recall_50", "precision_50")} == {expected}


def test_precision_by_threshold():
    precision = precision_by_threshold(two_images)
    assert precision.index.tolist() == list(IOU_PERCENTS)
    assert precision.to_numpy() == pytest.approx(np.arange(30, 0, -3) / 40)
