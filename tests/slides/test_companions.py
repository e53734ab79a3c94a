"""Slides of several files, of which one stands for all."""

import os

import numpy as np
import pytest
from dicom_files import dicom
from openslide import OpenSlide

from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError
from nucleibench.images.raster import open_raster
from nucleibench.slides.cohort import find_slides
from nucleibench.slides.companions import find_companions, read_series
from nucleibench.slides.inputs import SUFFIXES, find_inputs

IMAGE = draw_image("kidney", "drawn", 0, 160)[0]


def write_series(folder, series, levels=3, **options):
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for level in range(levels):
        smaller = np.ascontiguousarray(IMAGE[:: 2**level, :: 2**level])
        files.append(folder / f"{series[-1]}_level{level}.dcm")
        content = dicom(smaller, series, level + 1, 0.5 * 2**level, **options)
        files[-1].write_bytes(content)
    return files


def found_in(folder, tmp_path):
    lines = []
    found = find_inputs([folder], SUFFIXES, tmp_path / "out", lines.append)
    return [given.below.as_posix() for given in found], lines


@pytest.mark.parametrize("open_ended", [False, True])
def test_the_series_is_the_one_that_openslide_reads(tmp_path, open_ended):
    for file in write_series(tmp_path, "1.2.34", open_ended=open_ended):
        with OpenSlide(file) as slide:
            assert read_series(file) == slide.properties["dicom.SeriesInstanceUID"] == "1.2.34"
            assert slide.level_count == 3, "any file stands for the slide"


def test_a_dicom_slide_is_one_image_and_told_in_one_line(tmp_path):
    write_series(tmp_path / "scans", "1.2.31")
    write_series(tmp_path / "scans", "1.2.32", levels=2)
    write_series(tmp_path / "scans" / "copy", "1.2.31", levels=2)
    names, lines = found_in(tmp_path / "scans", tmp_path)
    assert names == ["1_level0.dcm", "2_level0.dcm", "copy/1_level0.dcm"]
    assert lines == ["taken with the slides that they belong to: 4 files (.dcm)"]
    with open_raster(tmp_path / "scans" / "1_level0.dcm") as raster:
        assert (raster.shape, round(raster.pixel_size, 6)) == ((160, 160), 0.5)


def test_a_label_of_a_dicom_slide_may_come_first(tmp_path):
    write_series(tmp_path / "scans", "1.2.31", levels=2)
    label = np.ascontiguousarray(IMAGE[:50, :50])
    (tmp_path / "scans" / "0.dcm").write_bytes(dicom(label, "1.2.31", 9, 2.0, flavour="LABEL"))
    names, _ = found_in(tmp_path / "scans", tmp_path)
    assert names == ["0.dcm"]
    with open_raster(tmp_path / "scans" / "0.dcm") as raster:
        assert raster.shape == (160, 160)


def test_files_of_a_slide_that_are_given_one_by_one_count_once(tmp_path):
    files = write_series(tmp_path, "1.2.31")
    lines = []
    (given,) = find_inputs(files[::-1], SUFFIXES, tmp_path / "out", lines.append)
    assert given.path == files[2], "the one that was given first"
    assert len(lines) == 1
    assert len(find_inputs(files[1:2], SUFFIXES, tmp_path / "out")) == 1


def test_a_folder_that_is_given_twice_keeps_its_slides(tmp_path):
    (file,) = write_series(tmp_path / "scans" / "case", "1.2.31", levels=1)
    places = [tmp_path / "scans", tmp_path / "scans" / "case"]
    found = find_inputs(places, SUFFIXES, tmp_path / "out")
    assert {given.path for given in found} == {file}


def test_a_cohort_has_a_dicom_slide_once(tmp_path):
    write_series(tmp_path / "scans", "1.2.31")
    (slide,) = find_slides(tmp_path / "scans", tmp_path / "out")
    assert slide.name == "1_level0"


def test_a_sheet_that_lists_two_files_of_a_slide_is_refused(tmp_path):
    one, two, _ = write_series(tmp_path, "1.2.31")
    sheet = tmp_path / "cohort.csv"
    sheet.write_text(f"slide\n{one.name}\n{two.name}\n")
    with pytest.raises(ConfigurationError, match=r"level1\.dcm is a part of another row's slide"):
        find_slides(sheet, tmp_path / "out")


def test_what_is_no_dicom_or_cut_short_has_no_series(tmp_path):
    (whole, *_) = write_series(tmp_path, "1.2.31", levels=1)
    content = whole.read_bytes()
    place = content.index(b"1.2.31", content.index(b"1.2.5"))
    for length in range(0, place, 7):
        whole.write_bytes(content[:length])
        assert read_series(whole) == ""
    os.mkfifo(tmp_path / "pipe.dcm")
    assert read_series(tmp_path / "pipe.dcm") == read_series(tmp_path / "none.dcm") == ""
    whole.write_bytes(b"\xff\xd8\xff" + bytes(2000))
    twice = whole.with_name("other.dcm")
    twice.write_bytes(whole.read_bytes())
    assert find_companions([whole, twice]) == set(), "each is named when it is opened"


def test_the_files_that_a_hamamatsu_slide_names_are_no_images(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    lines = (
        "[Virtual Microscope Specimen]",
        "NoLayers=1",
        "ImageFile=s.jpg",
        "MapFile = s_map.jpg",
    )
    (folder / "s.vms").write_text("\r\n".join([*lines, "OptimisationFile=s.opt"]))
    for name in ("s.jpg", "s_map.jpg", "s.opt", "photo.jpg"):
        (folder / name).write_bytes(b"image")
    names, lines = found_in(folder, tmp_path)
    assert names == ["photo.jpg", "s.vms"]
    assert lines == ["taken with the slides that they belong to: 3 files (.jpg, .opt)"]
    assert [given.path.name for given in find_inputs([folder / "s.jpg"], SUFFIXES, tmp_path)] == [
        "s.jpg"
    ]


def test_what_lies_in_the_folder_of_a_mirax_slide_is_no_image(tmp_path):
    for name in ("s.mrxs", "s/Data0000.dat", "s/Slidedat.ini", "s/deep/label.jpg", "t/label.jpg"):
        (tmp_path / "scans" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "scans" / name).write_bytes(b"image")
    names, lines = found_in(tmp_path / "scans", tmp_path)
    assert names == ["s.mrxs", "t/label.jpg"]
    assert lines == ["taken with the slides that they belong to: 3 files (.dat, .ini, .jpg)"]
