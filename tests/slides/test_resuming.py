import os
from dataclasses import replace
from pathlib import Path

import pytest

from nucleibench.errors import DataError
from nucleibench.slides.inputs import find_inputs
from nucleibench.slides.outputs import OutputPlan, earlier_record, plan_outputs
from nucleibench.slides.record import Record, fingerprint, read_record, write_record
from nucleibench.slides.resuming import find_finished, is_finished, start

KINDS = ("geojson", "csv")
RECORD = Record(
    image="a.png",
    fingerprint="1234",
    outputs=("geojson", "csv", "record"),
    version="0.2.0",
    network={"name": "compact_unet", "sha256": "ab"},
    settings={"turns": 4, "pixel_size": None},
)
FOUND = {
    "pixel_size": {"um": 0.25, "source": "openslide.mpp-x of the file"},
    "stain": {"flag": "ok"},
    "counts": {"nuclei": 3, "mean_area_um2": 30.5, "tissue_mm2": None},
    "warnings": ("pale",),
}


@pytest.fixture
def plan_for(tmp_path):
    (tmp_path / "a.png").write_bytes(b"image")

    def plan(kinds=KINDS):
        inputs = find_inputs([tmp_path / "a.png"], (".png",), tmp_path / "out")
        return plan_outputs(inputs, tmp_path / "out", kinds)[0]

    return plan


def finish(plan, record=RECORD):
    start(plan, record)
    for kind, path in plan.paths.items():
        if kind != "record":
            path.write_text("results")
    write_record(plan.path("record"), record.finish(**FOUND))


def test_a_record_comes_back_as_it_was(tmp_path):
    record = RECORD.finish(**FOUND)
    write_record(tmp_path / "a.json", record)
    assert read_record(tmp_path / "a.json") == record
    assert not RECORD.finished
    assert record.finished


@pytest.mark.parametrize("text", ["", "[]", "3", "{}", '{"image": "a"}', '{"outputs": 3}', "\xff"])
def test_other_files_are_no_records(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="latin-1")
    with pytest.raises(DataError, match=r"a.json is not what NucleiBench writes"):
        read_record(tmp_path / "a.json")


def test_what_is_finished_with_the_same_settings_is_left(plan_for):
    plan = plan_for()
    assert not is_finished(plan, "1234")
    finish(plan)
    assert is_finished(plan, "1234")
    assert is_finished(plan_for(["csv"]), "1234")
    assert not is_finished(plan, "5678")
    assert not is_finished(plan_for(["csv", "picture"]), "1234")
    plan.path("csv").unlink()
    assert not is_finished(plan, "1234")


def test_a_run_that_broke_off_is_not_finished_and_can_be_repeated(plan_for):
    plan = plan_for()
    start(plan, RECORD)
    plan.path("geojson").write_text("results")
    assert not is_finished(plan, "1234")
    again = plan_for()
    finish(again)
    assert is_finished(again, "1234")


def finish_named(folder, name, record=RECORD):
    """Write the results of an image below a folder, and its record."""
    plan = OutputPlan(Path(record.image), folder, name, record.outputs)
    plan.path("record").parent.mkdir(parents=True, exist_ok=True)
    finish(plan, record)
    return plan


def test_finished_images_are_found_by_the_names_of_their_results(tmp_path):
    finish_named(tmp_path, "b")
    finish_named(tmp_path, "a.png")
    finish_named(tmp_path, "below/deep.er/b")
    found = find_finished(tmp_path)
    assert list(found) == ["a.png", "b", "below/deep.er/b"]
    assert all(record == RECORD.finish(**FOUND) for record in found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_an_image_that_misses_a_result_is_not_found(tmp_path, kind):
    finish_named(tmp_path, "a")
    finish_named(tmp_path, "b").path(kind).unlink()
    assert list(find_finished(tmp_path)) == ["a"]


def test_a_run_that_broke_off_is_not_found(tmp_path):
    plan = finish_named(tmp_path, "a")
    write_record(plan.path("record"), RECORD)
    assert find_finished(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '"text"', "[" * 100_000, "\xff", " " * 2_000_000 + "{}"]
)
def test_other_json_files_do_not_disturb(tmp_path, text):
    finish_named(tmp_path, "a")
    (tmp_path / "other.json").write_text(text, encoding="latin-1")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "gone.json").symlink_to("nowhere")
    assert list(find_finished(tmp_path)) == ["a"]


def test_a_record_of_a_later_version_with_an_unknown_output_is_passed_over(tmp_path):
    plan = finish_named(tmp_path, "a")
    write_record(plan.path("record"), replace(RECORD, outputs=("hologram",)).finish(**FOUND))
    assert find_finished(tmp_path) == {}


def test_results_of_other_settings_are_removed_before_new_ones_come(plan_for, tmp_path):
    finish(plan_for())
    other = tmp_path / "out" / "b.csv"
    other.write_text("of another image")
    plan = plan_for(["picture"])
    start(plan, replace(RECORD, fingerprint="5678", outputs=plan.kinds))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.json", "b.csv"]
    assert earlier_record(plan).fingerprint == "5678"


def test_the_fingerprint_is_of_all_that_decides_the_results(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"image")
    os.utime(path, ns=(1, 1))
    one = fingerprint(path, {"turns": 4, "tile": 256}, "ab", "1")
    assert fingerprint(path, {"tile": 256, "turns": 4}, "ab", "1") == one
    others = [
        fingerprint(path, {"turns": 8, "tile": 256}, "ab", "1"),
        fingerprint(path, {"turns": 4, "tile": 256}, "cd", "1"),
        fingerprint(path, {"turns": 4, "tile": 256}, "ab", "2"),
    ]
    os.utime(path, ns=(2, 2))
    others.append(fingerprint(path, {"turns": 4, "tile": 256}, "ab", "1"))
    assert len({one, *others}) == 5
