from dataclasses import replace
from operator import itemgetter

import numpy as np
import pandas as pd
import pytest
from latex import check_structure

from nucleibench.evaluate.comparisons import interval_of_mean
from nucleibench.evaluate.summary import MEASURES, Measure
from nucleibench.report.paper import PAPER_METRICS
from nucleibench.report.rows import RowTitle
from nucleibench.report.scores import write_scores

SCORES = ["aji", "map_paper", "map_dsb"] + [
    f"{name}_{percent}" for percent in (70, 50) for name in ("f1", "recall", "precision")
]


@pytest.fixture
def write(tmp_path, titles_of, write_sheet_of):
    def write(metrics, paper_dataset="monuseg", titles=None, sheet=None):
        paths = [tmp_path / "out" / f"table2.{suffix}" for suffix in ("csv", "md", "tex")]
        titles = titles or titles_of(*metrics)
        sheet = sheet or write_sheet_of()
        write_scores(metrics, titles, "MoNuSeg", sheet, *paths, seed=0, paper_dataset=paper_dataset)
        check_structure(paths[2].read_text())
        return pd.read_csv(paths[0], index_col="method"), paths[1].read_text()

    return write


def test_data(write, write_metrics, titles_of):
    metrics = {key: write_metrics(key) for key in ("mine", "gb_unet")}
    table, _ = write(metrics, titles=titles_of("gb_unet", "mine"))

    assert table.index.tolist() == ["gb_unet", "mine"]
    beside = [f"{side}_{name}" for side in ("paper", "difference") for name in PAPER_METRICS]
    facts = ["pq", "images", "n_true", "n_predicted", "aji_low", "aji_high", "patients"]
    averaged = [f"per_image_{name}" for name in SCORES[1:]]
    assert table.columns.tolist() == SCORES + facts + beside + averaged
    row = table.loc["gb_unet"]
    assert row["aji"] == pytest.approx(0.3)
    assert (row["images"], row["n_true"], row["n_predicted"]) == (3, 60, 60)
    assert row["precision_50"] == 30 / 60
    assert row["patients"] == 3
    assert row[["aji_low", "aji_high"]].isna().all()  # of three patients
    assert row["paper_aji"] == 0.5331
    assert row["difference_aji"] == pytest.approx(0.3 - 0.5331)
    assert table.loc["mine"].filter(regex="^(paper|difference)_").isna().all()


def test_from_few_patients_there_is_no_interval(write, write_metrics):
    _, text = write({"otsu": write_metrics("otsu")})
    assert "3 images of 3 patients, with 60 nuclei. There is no interval from fewer than 6" in text
    assert "| Otsu | **0.3000** | n/a |" in text or "| Otsu | 0.3000 | n/a |" in text


def test_the_interval_goes_by_patient(write, write_metrics, write_sheet_of):
    images = [f"image_{number:02}" for number in range(12)]
    aji = np.random.default_rng(0).uniform(0.2, 0.6, 12)
    path = write_metrics("otsu", aji=aji, n_true=[10] * 12, n_predicted=[10] * 12, images=images)
    alone = write({"otsu": path}, sheet=write_sheet_of(images))
    paired = write({"otsu": path}, sheet=write_sheet_of(images, [name[:-1] for name in images]))
    sums, counts = aji, np.ones(12, int)
    expected = interval_of_mean(sums, counts, seed=0)
    assert alone[0].loc["otsu", ["aji_low", "aji_high"]].tolist() == pytest.approx(expected)
    assert "Intervals: BCa bootstrap of the mean AJI by patient. mAP" in alone[1]
    assert paired[0].loc["otsu", "patients"] == 2
    assert "no interval from fewer than 6 patients" in paired[1]


def test_the_caption_says_which_differences_show_nothing(write, write_metrics, write_sheet_of):
    images = [f"image_{number:02}" for number in range(8)]
    high, low = np.random.default_rng(0).uniform([[0.5], [0.2]], [[0.6], [0.4]], (2, 8))
    counts = {"n_true": [10] * 8, "n_predicted": [10] * 8, "images": images}
    metrics = {
        row: write_metrics(row, aji=aji, **counts) for row, aji in (("fiji", high), ("otsu", low))
    }
    first, last = interval_of_mean(low - high, np.ones(8, int), seed=0)
    text = write(metrics, sheet=write_sheet_of(images))[1]
    assert (
        "With 8 images of 8 patients a difference below about"
        f" {(last - first) / 2:.2g} between two rows cannot be told from chance"
    ) in text


def test_what_rows_saw_is_a_column_where_titles_say_it(write, write_metrics, titles_of):
    metrics = {"otsu": write_metrics("otsu")}
    titles = {"otsu": replace(titles_of("otsu")["otsu"], saw="monuseg")}
    assert "| Nuclei | Saw |" in write(metrics, titles=titles)[1]
    assert "Saw" not in write(metrics)[1]


def test_best_of_each_group_is_bold(write, write_metrics):
    aji = {"otsu": 0.1, "fiji": 0.2, "unet_vgg16": 0.25, "mask_rcnn": 0.4, "gb_unet": 0.40001}
    metrics = {key: write_metrics(key, aji=(value,) * 3) for key, value in aji.items()}

    _, text = write(metrics)

    ours = text.split("**The values")[0]
    assert "| *Classical segmentation* |" in ours
    assert "| Otsu | 0.1000 |" in ours
    assert "| Fiji | **0.2000** |" in ours
    assert "| U-Net (VGG-16) | 0.2500 |" in ours  # alone in its group
    assert "| Mask R-CNN | **0.4000** |" in ours  # equal in print
    assert "| GB U-Net | **0.4000** |" in ours


def test_paper_and_difference_stand_below(write, write_metrics):
    _, text = write({key: write_metrics(key) for key in ("gb_unet", "mine")})

    _, paper, difference, _ = text.split("**MoNuSeg")[1].split("| Method |")[1:]
    assert "| GB U-Net | 0.5331 | 0.3909 | 0.4007 |" in paper
    assert "| GB U-Net | \N{MINUS SIGN}0.2331 |" in difference
    assert "mine" not in paper + difference


def test_other_data_than_the_papers_stand_alone(write, write_metrics):
    table, text = write({"gb_unet": write_metrics("gb_unet")}, paper_dataset=None)
    assert text.count("| Method |") == 2  # pooled, and averaged over the images
    assert table["paper_aji"].isna().all()
    assert table["difference_aji"].isna().all()


def test_the_paper_has_the_values_of_a_rows_method(write, write_metrics):
    titles = {
        "gb_unet_1": RowTitle("GB U-Net, seed 1", "1", "Networks", method="gb_unet"),
        "gb_unet_2": RowTitle("GB U-Net, seed 2", "2", "Networks", method="gb_unet"),
        "gb_unet": RowTitle("Another GB U-Net", "3", "Networks", method="mine"),
    }
    table, text = write({row: write_metrics(row) for row in titles}, titles=titles)
    assert table["paper_aji"].tolist() == pytest.approx([0.5331, 0.5331, float("nan")], nan_ok=True)
    assert "| GB U-Net, seed 2 | 0.5331 | 0.3909 |" in text
    assert "| Another GB U-Net | 0.5331 |" not in text


def test_notes_become_footnotes(write, write_metrics, titles_of):
    metrics = {key: write_metrics(key) for key in ("otsu", "gb_unet", "unet_vgg16")}
    notes = {"gb_unet": "stand-in", "unet_vgg16": "stand-in"}
    _, text = write(metrics, titles=titles_of(*metrics, notes=notes))
    assert "| GB U-Net<sup>a</sup> | 0.3000 |" in text
    assert "| U-Net (VGG-16)<sup>a</sup> | 0.3000 |" in text
    assert "| Otsu | 0.3000 |" in text
    assert text.count("<sup>a</sup> stand-in") == 3  # under ours, the difference and the averages


def test_averages_of_images_stand_below_pooled_counts(write, write_metrics):
    table, text = write({"otsu": write_metrics("otsu", n_predicted=(10, 20, 40))})
    assert table.loc["otsu", "precision_50"] == 30 / 70
    average = (1 + 1 / 2 + 1 / 4) / 3
    assert table.loc["otsu", "per_image_precision_50"] == pytest.approx(average)
    pooled, averaged = text.split("averaged over the images")
    assert f"{30 / 70:.4f}" in pooled
    assert f"{average:.4f}" not in pooled
    assert f"| {average:.4f} |" in averaged


def test_a_measure_is_a_column_by_being_registered(write, write_metrics, monkeypatch):
    monkeypatch.setitem(MEASURES, "dice", Measure("Dice", itemgetter("dice"), from_counts=False))
    table, text = write({"otsu": write_metrics("otsu")})
    assert table.loc["otsu", "dice"] == 0.5
    assert "| PQ | Dice |" in text
