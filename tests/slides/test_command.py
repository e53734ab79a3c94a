"""Images of all kinds given to ``nucleibench segment``, together and again."""

import shutil
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import tifffile
from commands import ENVIRONMENT, FAST, call_in_turn
from PIL import Image

from nucleibench.data.synthetic import draw_image
from nucleibench.files import read_json
from nucleibench.images import read_labels, read_rgb, write_rgb

SUFFIXES = (".geojson", ".csv", ".tif", ".png", ".json")
BAD = {"zero.png", "cut.jpg", "text.tif"}
GOOD = ["a", "below/x.tif/inside", "black", "scan20x", "white"]


@pytest.fixture(scope="module")
def images(tmp_path_factory):
    """A folder with good images, bad ones, and what systems leave there."""
    folder = tmp_path_factory.mktemp("given") / "images"
    drawn, _ = draw_image("kidney", "drawn", 0, 160)
    write_rgb(folder / "a.png", drawn)
    write_rgb(folder / "below" / "x.tif" / "inside.png", drawn[:96, :128])
    for name, value in [("white", 255), ("black", 0)]:
        write_rgb(folder / f"{name}.png", np.full((100, 120, 3), value, np.uint8))
    tifffile.imwrite(
        folder / "scan20x.tif",
        drawn[::2, ::2].copy(),
        photometric="rgb",
        resolution=(20000, 20000),
        resolutionunit="CENTIMETER",
    )
    Image.fromarray(drawn).save(folder / "cut.jpg", quality=95)
    whole = (folder / "cut.jpg").read_bytes()
    (folder / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "zero.png").touch()
    (folder / "text.tif").write_text("no image")
    (folder / "._a.png").write_bytes(b"\0\5\x16\7" + bytes(100))
    (folder / "Thumbs.db").write_bytes(bytes(100))
    (folder / "notes.txt").write_text("not an image")
    return folder


@pytest.fixture(scope="module")
def runs(images):
    """What was said when the folder was segmented, and two images of it again and again."""
    place = images.parent
    given = [images, place / "out", *FAST]
    two = [images / "a.png", images / "white.png", place / "two", *FAST]
    commands = {
        "first": given,
        "second": given,
        "two": two,
        "overwritten": [*two, "--overwrite"],
        "as before": two,
        "changed": [*two, "--pixel-size", "0.3"],
        "few": [images / "a.png", place / "few", *FAST, "--outputs", "csv,geojson.gz"],
        "one slide": [images, place / "one", *FAST, "--one-slide"],
    }
    return dict(zip(commands, call_in_turn(*commands.values()), strict=True))


@pytest.fixture(scope="module")
def output(runs, images):
    return images.parent / "out"


@pytest.fixture(scope="module")
def summary(output):
    return pd.read_csv(output / "summary.csv").set_index("image")


def test_good_images_are_done_and_bad_ones_named(runs, images, output):
    first = runs["first"]
    assert first.status == 1
    errors = [line for line in first.lines if line.startswith("Error: ")]
    assert len(errors) == len(BAD)
    for name in BAD:
        assert sum(f"Error: {images / name}: " in line for line in errors) == 1
    assert any("cut" in line and "short" in line for line in errors)
    assert "Traceback" not in first.text
    results = {path.relative_to(output).as_posix() for path in output.rglob("*") if path.is_file()}
    assert results == {"summary.csv", *(f"{name}{end}" for name in GOOD for end in SUFFIXES)}


def test_every_image_is_counted_with_its_nuclei(runs, output, summary):
    assert len(summary) == len(GOOD)
    total = summary["nuclei"].sum()
    told = f"{total} nuclei in {len(GOOD)} images, {len(BAD)} failed: {output}/summary.csv"
    assert runs["first"].lines[-1] == told
    assert summary.loc[["white.png", "black.png"], "nuclei"].tolist() == [0, 0]
    for name in GOOD:
        record = read_json(output / f"{name}.json")
        count = record["counts"]["nuclei"]
        assert count == summary.loc[record["image"], "nuclei"]
        assert count == len(pd.read_csv(output / f"{name}.csv"))
        assert count == len(read_json(output / f"{name}.geojson")["features"])
        assert count == len(np.unique(read_labels(output / f"{name}.tif"))) - 1


def test_the_summary_lists_all_finished_images_of_the_folder(images, output, tmp_path):
    grown = shutil.copytree(output, tmp_path / "grown")
    (grown / "white.csv").unlink()
    (grown / "notes.json").write_text('{"mine": 1}')
    given = [images / "below", images / "black.png", images / "zero.png"]
    (said,) = call_in_turn([*given, grown, *FAST])
    assert said.status == 1
    assert f"Error: {images / 'zero.png'}: " in said.text
    rows = pd.read_csv(grown / "summary.csv").set_index("name")
    inside = {"below/x.tif/inside", "x.tif/inside"}
    assert set(rows.index) == {*GOOD, *inside} - {"white"}
    assert set(rows.loc[sorted(inside), "image"]) == {"inside.png"}
    assert rows.loc["x.tif/inside", "nuclei"] == rows.loc["below/x.tif/inside", "nuclei"] > 0
    found = f"{rows.loc['x.tif/inside', 'nuclei']} nuclei in 2 images, 1 failed"
    assert said.lines[-1] == f"{found}: {grown}/summary.csv"


def test_images_without_tissue_are_told_and_have_empty_results(runs, output):
    for name in ("white", "black"):
        told = f"{name}: hardly any tissue was found; colours were not normalised"
        assert told in runs["first"].lines
        assert read_labels(output / f"{name}.tif").shape == (100, 120)
        assert read_rgb(output / f"{name}.png").shape == (100, 120, 3)


def test_the_pixel_size_of_a_file_is_used_and_its_absence_told(runs, output, summary):
    size = read_json(output / "scan20x.json")["pixel_size"]
    assert size["um"] == summary.loc["scan20x.tif", "pixel_size_um"] == pytest.approx(0.5)
    assert "TIFF" in size["source"]
    assert summary.loc["scan20x.tif", "nuclei"] > 0.7 * summary.loc["a.png", "nuclei"]
    lines = runs["first"].lines
    assert "a: the file does not state the size of a pixel: 0.25 micrometres are assumed" in lines
    assert not any(line.startswith("scan20x: the file") for line in lines)


def test_what_is_finished_is_passed_over(runs):
    first, second = runs["first"], runs["second"]
    of = len(GOOD) + len(BAD)
    told = f"{len(GOOD)} of {of} images are finished already; --overwrite does them again"
    assert (second.status, second.lines[0]) == (1, told)
    assert second.lines[-1] == first.lines[-1]
    assert second.lines[1:-1] == [line for line in first.lines if line.startswith("Error: ")]
    again = runs["as before"]
    assert (again.status, len(again.lines)) == (0, 2)
    assert again.lines[0].startswith("2 of 2 images are finished already")


def test_overwrite_and_other_settings_do_all_again(runs, images):
    assert runs["two"] == runs["overwritten"]
    assert runs["changed"].status == 0
    assert not any("finished already" in line for line in runs["changed"].lines)
    record = read_json(images.parent / "two" / "a.json")
    assert record["pixel_size"] == {"um": 0.3, "source": "given"}


def test_only_what_is_asked_for_is_written(runs, images):
    names = {path.name for path in (images.parent / "few").iterdir()}
    assert names == {"a.csv", "a.geojson.gz", "a.json", "summary.csv"}


def test_fields_of_one_slide_have_its_stains(runs, images):
    assert runs["one slide"].status == 1
    stains = [read_json(images.parent / f"one/{name}.json")["stain"] for name in GOOD]
    assert all(stain == stains[0] for stain in stains)


def test_the_images_are_as_they_were(runs, images):
    assert len([path for path in images.rglob("*") if path.is_file()]) == 11
    assert (images / "zero.png").stat().st_size == 0


def test_the_library_finds_what_the_command_finds(output, images):
    """In a process of its own, as this one may have settings of other tests."""
    code = (
        "import sys, nucleibench; from nucleibench.images import read_rgb\n"
        "found = nucleibench.segment(read_rgb(sys.argv[1]), turns=1)\n"
        "print(found.labels.dtype, found.labels.max(), len(found.nuclei), found.warnings)\n"
        "found.nuclei.round(4).to_csv(sys.argv[2], index=False)"
    )
    table = images.parent / "found.csv"
    command = [sys.executable, "-c", code, str(images / "a.png"), str(table)]
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=600)
    count = len(pd.read_csv(output / "a.csv"))
    assert (said.stdout, said.stderr) == (f"int32 {count} {count} []\n", "")
    pd.testing.assert_frame_equal(pd.read_csv(table), pd.read_csv(output / "a.csv"))
