import numpy as np
import pandas as pd
import pytest

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.errors import DataError
from nucleibench.evaluate.evaluating import METRICS_COLUMNS, evaluate_folder, read_metrics
from nucleibench.images import write_labels


def square(shift, size=40):
    labels = np.zeros((size, size), np.int32)
    labels[5:15, 5 + shift : 15 + shift] = 70_000
    return labels


def write_images_sheet(folder, splits):
    rows = [
        SheetRow(image, "breast", "patient", "all", split, 40, 40, 1, "0" * 64)
        for image, split in splits.items()
    ]
    write_sheet(folder / "images.csv", rows)


@pytest.fixture
def folders(tmp_path):
    """Two test images, segmented with a shift of 0 and 5 pixels, and a training image."""
    for image, shift in (("b-second", 5), ("a-first", 0), ("c-train", 0)):
        write_labels(tmp_path / "labels" / f"{image}.tif", square(0))
        if image != "c-train":
            write_labels(tmp_path / "segmentations" / f"{image}.tif", square(shift))
    write_images_sheet(tmp_path, {"b-second": "test", "a-first": "test", "c-train": "train"})
    return tmp_path


def evaluate(folder, split="test", workers=1):
    output = folder / "out" / "metrics.csv"
    evaluate_folder(
        folder / "images.csv",
        folder / "labels",
        folder / "segmentations",
        output,
        split=split,
        workers=workers,
    )
    return output


def test_one_row_per_test_image_in_the_order_of_the_sheet(folders):
    metrics = read_metrics(evaluate(folders))

    assert list(metrics.columns) == list(METRICS_COLUMNS)
    assert list(METRICS_COLUMNS[:5]) == ["image", "n_true", "n_predicted", "aji", "tp_50"]
    assert list(METRICS_COLUMNS[13:]) == [
        *("tp_95", "aji_plus", "pq", "dice"),
        *("merged", "split", "missed", "misdrawn", "invented"),
    ]
    assert metrics["image"].tolist() == ["b-second", "a-first"]
    assert metrics["aji"].tolist() == [1 / 3, 1]
    assert metrics["tp_50"].tolist() == [0, 1]


def test_workers_do_not_change_a_byte(folders):
    alone = evaluate(folders, workers=1).read_bytes()
    assert evaluate(folders, workers=2).read_bytes() == alone


def test_names_that_look_like_numbers_stay_names(folders):
    for folder in ("labels", "segmentations"):
        (folders / folder / "a-first.tif").rename(folders / folder / "007.tif")
    write_images_sheet(folders, {"007": "test"})
    assert read_metrics(evaluate(folders))["image"].tolist() == ["007"]


def test_missing_segmentation_is_named(folders):
    (folders / "segmentations" / "a-first.tif").unlink()
    with pytest.raises(DataError, match=r"1 of 2 label maps are missing, first .*a-first\.tif"):
        evaluate(folders)
    assert not (folders / "out").exists()


def test_missing_true_label_map_is_named(folders):
    (folders / "labels" / "b-second.tif").unlink()
    with pytest.raises(DataError, match=r"labels/b-second\.tif"):
        evaluate(folders)


@pytest.mark.parametrize("workers", [1, 2])
def test_other_size_is_named(folders, workers):
    write_labels(folders / "segmentations" / "a-first.tif", square(0, size=41))
    with pytest.raises(DataError, match=r"a-first\.tif: .*\(40, 40\), predicted \(41, 41\)"):
        evaluate(folders, workers=workers)


def test_empty_split_is_refused(folders):
    with pytest.raises(DataError, match=r"images\.csv: no image is of the split 'reference'"):
        evaluate(folders, split="reference")


def test_metrics_file_without_a_column_is_refused(folders):
    output = evaluate(folders)
    pd.read_csv(output).drop(columns="tp_70").to_csv(output, index=False)
    with pytest.raises(DataError, match="lacks the columns tp_70"):
        read_metrics(output)


def test_metrics_file_without_rows_is_refused(folders):
    output = evaluate(folders)
    pd.read_csv(output).head(0).to_csv(output, index=False)
    with pytest.raises(DataError, match="holds no images"):
        read_metrics(output)
