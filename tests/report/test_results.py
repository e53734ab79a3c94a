import pandas as pd
import pytest

from nucleibench.errors import DataError
from nucleibench.report.results import aji_by_image, read_results


def test_rows_come_in_the_order_wanted(write_metrics):
    metrics = {key: write_metrics(key) for key in ("gb_unet", "otsu")}
    assert list(read_results(metrics, ["otsu", "gb_unet"])) == ["otsu", "gb_unet"]


def test_images_are_aligned(write_metrics):
    metrics = {key: write_metrics(key) for key in ("fiji", "otsu")}
    pd.read_csv(metrics["otsu"])[::-1].to_csv(metrics["otsu"], index=False)
    aji = aji_by_image(read_results(metrics, list(metrics)))
    assert aji["otsu"].tolist() == aji["fiji"].tolist()
    assert aji.loc["other_image"].tolist() == [0.4, 0.4]


def test_other_images_are_refused(write_metrics):
    metrics = {key: write_metrics(key) for key in ("otsu", "fiji")}
    pd.read_csv(metrics["fiji"]).head(2).to_csv(metrics["fiji"], index=False)
    with pytest.raises(
        DataError, match=r"fiji\.csv: other images or other true nuclei than in .*otsu"
    ):
        read_results(metrics, ["otsu", "fiji"])


def test_other_true_nuclei_are_refused(write_metrics):
    metrics = {"otsu": write_metrics("otsu"), "fiji": write_metrics("fiji", n_true=(10, 20, 31))}
    with pytest.raises(DataError, match="other true nuclei"):
        read_results(metrics, list(metrics))


def test_nothing_to_report_is_refused():
    with pytest.raises(DataError, match="no metrics files"):
        read_results({}, [])


def test_a_row_without_metrics_is_refused(write_metrics):
    with pytest.raises(DataError, match="no metrics for the rows fiji, mine"):
        read_results({"otsu": write_metrics("otsu")}, ["otsu", "fiji", "mine"])


def test_metrics_that_no_row_would_show_are_refused(write_metrics):
    with pytest.raises(DataError, match="no title for the rows fiji"):
        read_results({key: write_metrics(key) for key in ("otsu", "fiji")}, ["otsu"])
