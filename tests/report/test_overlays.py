import numpy as np
import pandas as pd
import pytest
from pictures import has_color, is_drawn

from nucleibench.errors import DataError
from nucleibench.images import read_rgb, write_labels, write_rgb
from nucleibench.report.overlays import choose_images, classify_pixels, plot_overlays

GREEN, RED, BLUE = (0x8C, 0xCF, 0x8C), (0xD6, 0x27, 0x18), (0x1F, 0x4F, 0xD8)
IMAGES = ("a", "b", "c")


@pytest.fixture
def folders(tmp_path):
    """Images in which half of a band is found, its left missed and as much invented right of it."""
    true, predicted = np.zeros((2, 80, 120), np.int32)
    true[20:60, 20:60], predicted[20:60, 40:80] = 7, 3
    for image in IMAGES:
        write_rgb(tmp_path / "images" / f"{image}.png", np.full((80, 120, 3), 200, np.uint8))
        write_labels(tmp_path / "labels" / f"{image}.tif", true)
        for method in range(12):
            write_labels(tmp_path / f"segmentations/m{method}" / f"{image}.tif", predicted)
    return tmp_path


@pytest.fixture
def write(folders, write_metrics, titles_of):
    def write(number, aji=(0.3, 0.2, 0.4), name="figure3"):
        methods = [f"m{method}" for method in range(number)]
        metrics = {method: write_metrics(method, aji) for method in methods}
        for path in metrics.values():
            pd.read_csv(path).assign(image=IMAGES).to_csv(path, index=False)
        paths = [folders / "out" / f"{name}.{suffix}" for suffix in ("png", "pdf", "csv")]
        plot_overlays(
            folders / "images",
            folders / "labels",
            {method: folders / "segmentations" / method for method in methods},
            metrics,
            titles_of(*methods),
            *paths,
        )
        return paths

    return write


def test_data(write):
    table = pd.read_csv(write(2)[2])
    assert table["image"].tolist() == ["b", "b", "c", "c"]
    assert table["reason"].tolist() == ["lowest"] * 2 + ["highest"] * 2
    assert table["method"].tolist() == ["m0", "m1"] * 2
    assert table["combined_aji"].tolist() == pytest.approx([0.2, 0.2, 0.4, 0.4])
    counts = table[["background", "false positive", "false negative", "true positive"]]
    assert counts.to_numpy().tolist() == [[9600 - 2400, 800, 800, 800]] * 4


def test_picture_shows_the_three_colours(write):
    png, _, _ = write(2)
    assert is_drawn(png)
    assert all(has_color(png, color, pixels=1000) for color in (GREEN, RED, BLUE))


def test_more_than_six_columns_are_wrapped(write):
    narrow, wide = (read_rgb(write(number, name=f"n{number}")[0]).shape for number in (5, 12))
    assert wide[1] < 1.2 * narrow[1]
    assert wide[0] > 1.8 * narrow[0]


def test_files_repeat_bit_by_bit(write):
    before = [path.read_bytes() for path in write(1, name="before")]
    assert [path.read_bytes() for path in write(1, name="after")] == before


def test_one_image_is_shown_once(write):
    assert choose_images(pd.DataFrame({"otsu": [0.3]}, ["only"]))[0].image == "only"
    assert len(choose_images(pd.DataFrame({"otsu": [0.3]}, ["only"]))) == 1


def test_choice_is_by_the_mean_over_rows():
    aji = pd.DataFrame({"otsu": [0.0, 0.3, 0.1], "fiji": [0.5, 0.5, 0.1]}, IMAGES)
    low, high = choose_images(aji)
    assert (low.image, low.reason, low.combined) == ("c", "lowest", 0.1)
    assert (high.image, high.reason, high.combined) == ("b", "highest", 0.4)


def test_classes_of_pixels():
    true, predicted = np.array([[0, 0, 5, 5]]), np.array([[0, 9, 0, 9]])
    assert classify_pixels(true, predicted).tolist() == [[0, 1, 2, 3]]


def test_row_without_metrics_is_refused(folders, titles_of):
    with pytest.raises(DataError, match="no metrics for the rows m0"):
        plot_overlays(
            *(folders, folders, {"m0": folders}, {}, titles_of("m0")),
            *(folders / f"x.{suffix}" for suffix in ("png", "pdf", "csv")),
        )
