import pandas as pd
import pytest

from nucleibench.errors import DataError
from nucleibench.report.results import aji_by_image, read_results


def test_methods_come_in_the_order_of_the_tables(write_metrics):
    metrics = {key: write_metrics(key) for key in ("gb_unet", "otsu")}
    assert list(read_results(metrics)) == ["otsu", "gb_unet"]


def test_images_are_aligned(write_metrics):
    metrics = {key: write_metrics(key) for key in ("fiji", "otsu")}
    pd.read_csv(metrics["otsu"])[::-1].to_csv(metrics["otsu"], index=False)
    aji = aji_by_image(read_results(metrics))
    assert aji["otsu"].tolist() == aji["fiji"].tolist()
    assert aji.loc["other_image"].tolist() == [0.4, 0.4]


def test_other_images_are_refused(write_metrics):
    metrics = {key: write_metrics(key) for key in ("otsu", "fiji")}
    pd.read_csv(metrics["fiji"]).head(2).to_csv(metrics["fiji"], index=False)
    with pytest.raises(
        DataError, match=r"fiji\.csv: other images or other true nuclei than in .*otsu"
    ):
        read_results(metrics)


def test_other_true_nuclei_are_refused(write_metrics):
    metrics = {"otsu": write_metrics("otsu"), "fiji": write_metrics("fiji", n_true=(10, 20, 31))}
    with pytest.raises(DataError, match="other true nuclei"):
        read_results(metrics)


def test_no_method_is_refused():
    with pytest.raises(DataError, match="no metrics files"):
        read_results({})
