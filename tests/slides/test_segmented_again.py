"""The same folder given to ``nucleibench segment`` again, with more images or other outputs."""

import numpy as np
import pandas as pd
import pytest
from commands import FAST, call_in_turn

from nucleibench.data.synthetic import draw_image
from nucleibench.files import read_json
from nucleibench.images import write_rgb

CSV = [*FAST, "--members", "3", "--outputs", "csv"]
DRAWN, _ = draw_image("kidney", "drawn", 0, 96)
PALE = (255 - (255 - DRAWN) * np.array([0.6, 0.9, 0.8])).astype(np.uint8)


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


@pytest.fixture
def fields(tmp_path):
    """A folder with an image."""
    write_rgb(tmp_path / "fields" / "a.png", DRAWN)
    return tmp_path / "fields"


def test_another_image_of_the_same_name_and_other_outputs_remove_nothing(fields, tmp_path):
    first, other, out = fields / "a.png", tmp_path / "other" / "a.png", tmp_path / "out"
    write_rgb(other, PALE)
    base = [*FAST, "--members", "3", "--outputs"]
    one, two, three, four = call_in_turn(
        [first, out, *base, "geojson"],
        [first, out, *base, "csv"],
        [first, out, *base, "geojson"],
        [other, out, *base, "csv"],
    )
    assert (one.status, two.status, three.status, four.status) == (0, 0, 0, 2)
    assert names(out) == ["a.csv", "a.geojson", "a.json", "summary.csv"]
    assert not any("finished already" in line for line in two.lines)
    assert three.lines[0].startswith("1 of 1 images are finished already")
    assert three.lines[-1] == two.lines[-1] == one.lines[-1]
    record = read_json(out / "a.json")
    assert record["counts"]["nuclei"] == len(pd.read_csv(out / "a.csv"))
    assert record["counts"]["nuclei"] == len(read_json(out / "a.geojson")["features"]) > 0
    told = f"{out / 'a.json'} is of another image, {first}; choose another output folder"
    assert four.text == f"Error: {told}\n"
    assert record["path"] == str(first)


def test_a_slide_with_one_more_field_is_measured_and_segmented_anew(fields, tmp_path):
    grown, fresh = tmp_path / "grown", tmp_path / "fresh"
    write_rgb(tmp_path / "more" / "b.png", PALE)
    slide = [fields, tmp_path / "more"]
    before, again, after, last = call_in_turn(
        [fields, grown, *CSV, "--one-slide"],
        [fields, grown, *CSV, "--one-slide"],
        [*slide, grown, *CSV, "--one-slide"],
        [*slide, fresh, *CSV, "--one-slide"],
    )
    assert [said.status for said in (before, again, after, last)] == [0] * 4
    assert again.lines[0].startswith("1 of 1 images are finished already")
    assert not any("finished already" in line for line in after.lines)
    for name in ("a", "b"):
        assert (grown / f"{name}.csv").read_bytes() == (fresh / f"{name}.csv").read_bytes()
        assert read_json(grown / f"{name}.json")["stain"] == read_json(fresh / "a.json")["stain"]


def test_fields_that_cannot_be_read_are_named(fields, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (said,) = call_in_turn([bad, tmp_path / "out", *CSV, "--one-slide"])
    assert said.status == 1
    assert said.lines[0].startswith(f"Error: {bad}: ")
    assert said.lines[-1] == f"0 nuclei in 0 images, 1 failed: {tmp_path / 'out'}/summary.csv"


def test_an_image_whose_results_get_another_name_counts_once(fields, tmp_path):
    out = tmp_path / "out"
    (first,) = call_in_turn([fields, out, *CSV])
    assert names(out) == ["a.csv", "a.json", "summary.csv"]
    write_rgb(fields / "a.bmp", PALE)
    (second,) = call_in_turn([fields, out, *CSV])
    assert (first.status, second.status) == (0, 0)
    both = ["a.bmp.csv", "a.bmp.json", "a.png.csv", "a.png.json"]
    assert names(out) == [*both, "summary.csv"]
    assert pd.read_csv(out / "summary.csv")["image"].tolist() == ["a.bmp", "a.png"]
