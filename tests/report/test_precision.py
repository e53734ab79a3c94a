import time

import pandas as pd
import pytest
from matplotlib.figure import Figure
from pictures import is_drawn

from nucleibench.evaluate.scores import IOU_PERCENTS
from nucleibench.report.drawing import line_styles
from nucleibench.report.precision import draw_precision, plot_precision


@pytest.fixture
def write(tmp_path, write_metrics, titles_of):
    def write(folder):
        paths = [tmp_path / folder / f"figure2.{suffix}" for suffix in ("png", "pdf", "csv")]
        metrics = {key: write_metrics(key) for key in ("gb_unet", "otsu", "mine")}
        plot_precision(metrics, titles_of("otsu", "gb_unet", "mine"), *paths)
        return paths

    return write


def test_data_are_the_pooled_precisions(write):
    precision = pd.read_csv(write("out")[2])
    assert precision.columns.tolist() == ["iou", "otsu", "gb_unet", "mine"]
    assert precision["iou"].tolist() == [percent / 100 for percent in IOU_PERCENTS]
    assert precision["otsu"].tolist() == [3 * count / 60 for count in range(10, 0, -1)]


def test_files_repeat_bit_by_bit_at_another_time(write):
    before = [path.read_bytes() for path in write("before")]
    time.sleep(1.1)
    assert [path.read_bytes() for path in write("after")] == before


def test_picture_and_embedded_fonts(write):
    png, pdf, _ = write("out")
    assert is_drawn(png)
    assert b"/FontFile2" in pdf.read_bytes()
    assert b"/CreationDate" not in pdf.read_bytes()


def test_legend_is_ordered_by_the_mean(titles_of):
    axes = Figure().add_subplot()
    precision = pd.DataFrame(
        {"otsu": [0.2, 0.1], "gb_unet": [0.8, 0.6], "mine": [0.5, 0.4]}, [0.5, 0.55]
    )
    draw_precision(axes, precision, titles_of(*precision))
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["GB U-Net  0.700", "mine  0.450", "Otsu  0.150"]


def test_line_styles_differ_also_in_grey():
    styles = line_styles(33)
    assert len({tuple(style.values()) for style in styles}) == 33
    in_grey = {(style["marker"], style["linestyle"]) for style in styles[:18]}
    assert len(in_grey) == 18
