import os

import pytest

from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import write_rgb
from nucleibench.images.raster import open_raster
from nucleibench.slides import inputs
from nucleibench.slides.inputs import find_inputs
from nucleibench.slides.record import Record, write_record

SUFFIXES = (".tif", ".png", ".svs")


@pytest.fixture
def folder(tmp_path):
    for name in (
        "b.png",
        "A.TIF",
        "case/one.svs",
        "case/deep/two.svs",
        "x.tif/inside.png",
        "._b.png",
        ".hidden/c.png",
        "__MACOSX/d.png",
        "Thumbs.db",
        "notes.txt",
    ):
        file = tmp_path / "images" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"image")
    return tmp_path / "images"


def below(inputs):
    return [image.below.as_posix() for image in inputs]


def test_images_of_a_folder_and_of_those_in_it(folder, tmp_path):
    found = find_inputs([folder], SUFFIXES, tmp_path / "out")
    assert below(found) == [
        "A.TIF",
        "b.png",
        "case/deep/two.svs",
        "case/one.svs",
        "x.tif/inside.png",
    ]
    assert all(image.path == folder / image.below for image in found)


def test_a_file_is_taken_whatever_it_is_called(folder, tmp_path):
    found = find_inputs(
        [folder / "notes.txt", folder / "case" / "one.svs"], SUFFIXES, tmp_path / "o"
    )
    assert below(found) == ["notes.txt", "one.svs"]


def test_an_image_given_twice_counts_once(folder, tmp_path):
    twice = [folder, folder / "b.png", folder, folder / ".." / "images"]
    assert len(find_inputs(twice, SUFFIXES, tmp_path / "out")) == 5


def test_links_are_followed_and_lead_nowhere_twice(folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "e.png").write_bytes(b"image")
    (folder / "link").symlink_to(elsewhere)
    (folder / "case" / "loop").symlink_to(folder)
    found = below(find_inputs([folder], SUFFIXES, tmp_path / "out"))
    assert "link/e.png" in found
    assert len(found) == 6


def test_results_are_no_images(folder, tmp_path):
    for place in (folder / "out", folder / "earlier"):
        place.mkdir()
        record = Record("b.png", "f", ("labels", "picture", "record"), "1", {}, {})
        write_record(place / "b.json", record)
        for name in ("b.tif", "b.png", "other.png"):
            (place / name).write_bytes(b"image")
    (folder / "b.json").write_text("{}")
    found = below(find_inputs([folder], SUFFIXES, folder / "out"))
    assert [name for name in found if "/" not in name] == ["A.TIF", "b.png"]
    assert [name for name in found if name.startswith(("out", "earlier"))] == ["earlier/other.png"]


def test_places_without_images_say_so(folder, tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist; give an image or a folder"):
        find_inputs([tmp_path / "nowhere"], SUFFIXES, tmp_path / "out")
    with pytest.raises(DataError, match=r"deep holds no images \(.tif, .png\)"):
        find_inputs([folder / "case" / "deep"], SUFFIXES[:2], tmp_path / "out")


def test_the_folder_of_the_images_is_not_the_output_folder(folder):
    os.symlink(folder, folder.parent / "link")
    with pytest.raises(ConfigurationError, match="holds the images; choose another"):
        find_inputs([folder], SUFFIXES, folder.parent / "link")


def told_of(folder, tmp_path):
    lines = []
    find_inputs([folder], SUFFIXES, tmp_path / "out", lines.append)
    return lines


def test_files_of_other_kinds_are_told_in_one_line(folder, tmp_path):
    assert told_of(folder, tmp_path) == [], "texts, hidden files and clutter"
    for name in ("x.isyntax", "case/y.KFB", "case/z.kfb", "DICOMDIR", "a.csv", "b.geojson.gz"):
        (folder / name).write_bytes(b"other")
    assert told_of(folder, tmp_path) == ["passed over: 4 files (.kfb, no suffix, .isyntax)"]
    for number in range(10):
        (folder / f"a.{number}").write_bytes(b"other")
    (line,) = told_of(folder, tmp_path)
    assert line.startswith("passed over: 14 files (.kfb, ")
    assert line.endswith(", others)")


def test_a_file_of_another_kind_that_is_given_is_not_passed_over(folder, tmp_path):
    (folder / "x.dat").write_bytes(b"image")
    lines = []
    found = find_inputs([folder, folder / "x.dat"], SUFFIXES, tmp_path / "out", lines.append)
    assert (len(found), lines) == (6, [])


def test_results_are_not_passed_over(folder, tmp_path):
    record = Record("b.png", "f", ("geojson", "parquet", "record"), "1", {}, {})
    write_record(folder / "earlier" / "b.json", record)
    for name in ("b.geojson", "b.parquet", "summary.csv"):
        (folder / "earlier" / name).write_bytes(b"result")
    assert told_of(folder, tmp_path) == []


@pytest.mark.parametrize(("suffix", "written"), [("lsm", "tif"), ("j2c", "jp2"), ("jpx", "jp2")])
def test_images_under_rare_suffixes_are_found_and_read(tmp_path, suffix, written):
    image = draw_image("kidney", "drawn", 0, 96)[0]
    place = tmp_path / "given" / f"a.{written}"
    write_rgb(place, image)
    place.rename(place.with_suffix(f".{suffix}"))
    (given,) = find_inputs([tmp_path / "given"], inputs.SUFFIXES, tmp_path / "out")
    with open_raster(given.path) as raster:
        assert raster.shape == image.shape[:2]
