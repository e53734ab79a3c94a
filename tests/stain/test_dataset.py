from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from drawn_stains import draw_hard_images, draw_tissue

from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.errors import DataError
from nucleibench.images import read_rgb, write_rgb
from nucleibench.images.resampling import resample_image
from nucleibench.stain.dataset import normalize_dataset
from nucleibench.stain.reference import (
    fit_reference,
    normalize_image,
    normalize_together,
    write_reference,
)

IMAGES = {"01_1": draw_tissue(1), "blank": draw_hard_images()["white"], "second": draw_tissue(2)}


@pytest.fixture
def folder(tmp_path):
    for name, image in IMAGES.items():
        write_rgb(tmp_path / f"images/{name}.png", image)
    write_sheet(tmp_path / "images.csv", [sheet_row(name) for name in IMAGES])
    write_reference(tmp_path / "target.json", fit_reference(draw_tissue(0), "vahadane"))
    return tmp_path


def sheet_row(name):
    height, width = IMAGES[name].shape[:2]
    patient = "one" if name == "01_1" else "other"
    return SheetRow(name, "breast", patient, "all", "test", height, width, 0, "0" * 64)


def normalize(folder, workers, unit="image"):
    normalize_dataset(
        folder / "images.csv",
        folder / "images",
        folder / "target.json",
        folder / f"normalized_{workers}",
        folder / f"normalized_{workers}.csv",
        unit,
        workers,
    )


def test_one_and_two_workers_write_the_same_bytes(folder):
    for workers in (1, 2):
        normalize(folder, workers)
    for name in [f"/{image}.png" for image in IMAGES] + [".csv"]:
        one, two = (folder / f"normalized_{workers}{name}" for workers in (1, 2))
        assert one.read_bytes() == two.read_bytes()


def test_images_of_another_scale_are_brought_to_that_of_the_networks(folder):
    rows = [replace(sheet_row(name), pixel_size=0.5) for name in IMAGES]
    normalize(folder, 1)
    write_sheet(folder / "images.csv", rows)
    normalize(folder, 2)
    for name, image in IMAGES.items():
        own, scaled = (read_rgb(folder / f"normalized_{n}/{name}.png") for n in (1, 2))
        assert scaled.shape[:2] == (2 * image.shape[0], 2 * image.shape[1])
        np.testing.assert_array_equal(scaled, resample_image(own, 0.5))
    one, two = ((folder / f"normalized_{n}.csv").read_text() for n in (1, 2))
    assert one == two


def test_without_a_reference_colours_are_kept(folder):
    output, sheet = folder / "kept", folder / "kept.csv"
    normalize_dataset(folder / "images.csv", folder / "images", None, output, sheet, "image", 1)
    for name, image in IMAGES.items():
        np.testing.assert_array_equal(read_rgb(output / f"{name}.png"), image)
    assert set(pd.read_csv(sheet)["engine"]) == {"none"}


def test_sheet_says_what_happened_to_every_image(folder):
    normalize(folder, 1)
    sheet = pd.read_csv(folder / "normalized_1.csv", dtype={"image": str}).set_index("image")
    assert sheet["flag"].to_dict() == {"01_1": "ok", "blank": "no_tissue", "second": "ok"}
    assert sheet["engine"].eq("vahadane").all()
    assert sheet.loc["blank", "tissue_fraction"] == 0
    assert sheet.loc["blank"].isna().sum() == 9
    reference = fit_reference(draw_tissue(0), "vahadane")
    expected, findings = normalize_image(IMAGES["01_1"], reference)
    np.testing.assert_array_equal(read_rgb(folder / "normalized_1/01_1.png"), expected)
    assert sheet.loc["01_1", "eosin_blue"] == findings.stain_matrix[1, 2]


def test_images_of_a_patient_are_measured_together(folder):
    normalize(folder, 2, unit="patient")
    sheet = pd.read_csv(folder / "normalized_2.csv", dtype={"image": str})
    assert sheet["image"].tolist() == list(IMAGES)
    assert sheet["flag"].tolist() == ["ok"] * 3
    found = sheet.set_index("image").drop(columns=["engine", "flag"])
    pd.testing.assert_series_equal(found.loc["blank"], found.loc["second"], check_names=False)
    assert (found.loc["01_1"] != found.loc["second"]).any()
    reference = fit_reference(draw_tissue(0), "vahadane")
    alone, _ = normalize_image(IMAGES["01_1"], reference)
    np.testing.assert_array_equal(read_rgb(folder / "normalized_2/01_1.png"), alone)
    together, _ = normalize_together([IMAGES["blank"], IMAGES["second"]], reference)
    for name, expected in zip(["blank", "second"], together, strict=True):
        np.testing.assert_array_equal(read_rgb(folder / f"normalized_2/{name}.png"), expected)


def test_missing_image_is_named(folder):
    (folder / "images/second.png").unlink()
    with pytest.raises(DataError, match=r"second.png: not a readable image"):
        normalize(folder, 1)
