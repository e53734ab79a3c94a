from dataclasses import astuple

import pytest

from nucleibench.data.sheets import SheetRow, images_of_split, read_sheet, scales_of, write_sheet
from nucleibench.errors import DataError
from nucleibench.images.resampling import Scale

ROWS = [
    SheetRow("01_1", "breast", "01", "all", "test", 512, 500, 69, "ab" * 32, 0.275),
    SheetRow("02_1", "liver", "NA", "all", "train", 512, 512, 0, "00" * 32),
]


def test_round_trip_keeps_ids_as_text(tmp_path):
    write_sheet(tmp_path / "images.csv", ROWS)
    sheet = read_sheet(tmp_path / "images.csv")
    assert [tuple(row) for row in sheet.itertuples(index=False)] == [astuple(row) for row in ROWS]


def test_images_of_a_split(tmp_path):
    write_sheet(tmp_path / "images.csv", ROWS)
    sheet = read_sheet(tmp_path / "images.csv")
    assert images_of_split(sheet, "train") == ["02_1"]
    assert images_of_split(sheet, "reference") == []


def test_pixels_of_images(tmp_path):
    write_sheet(tmp_path / "images.csv", ROWS)
    scales = scales_of(read_sheet(tmp_path / "images.csv"), ["02_1", "01_1"])
    assert list(scales.items()) == [
        ("02_1", Scale((512, 512), 0.25)),
        ("01_1", Scale((512, 500), 0.275)),
    ]
    assert scales["01_1"].seen == (563, 550)


def test_empty_sheet_keeps_its_columns(tmp_path):
    write_sheet(tmp_path / "images.csv", [])
    assert len(read_sheet(tmp_path / "images.csv")) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("nuclei", "cells", "lacks the columns nuclei"),
        ("pixel_size", "mpp", "lacks the columns pixel_size; import it again"),
        ("02_1", "01_1", "01_1 occurs twice"),
        ("train", "validate", "split 'validate' is not one of train, test, reference"),
        ("train", "target", "split 'target' is not one of train, test, reference"),
        (",69,", ",many,", "not a sheet of images"),
    ],
)
def test_changed_sheets_are_refused(tmp_path, old, new, message):
    path = tmp_path / "images.csv"
    write_sheet(path, ROWS)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError, match=message):
        read_sheet(path)


def test_missing_sheet_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv: not a sheet"):
        read_sheet(tmp_path / "none.csv")
