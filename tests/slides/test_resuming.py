import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides import outputs
from nucleibench.slides.batch import segment_batch
from nucleibench.slides.inputs import find_inputs
from nucleibench.slides.options import Options
from nucleibench.slides.outputs import OutputPlan, earlier_record, plan_outputs
from nucleibench.slides.planning import find_release, plan_batch
from nucleibench.slides.record import Record, fingerprint, read_record, write_record
from nucleibench.slides.resuming import (
    find_finished,
    forget_deleted,
    is_finished,
    keep_earlier,
    start,
    started,
)

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


def test_what_was_written_with_the_same_settings_is_written_again_with_the_rest(plan_for):
    finish(plan_for())
    plan = keep_earlier(plan_for(["labels"]), "1234")
    assert plan.kinds == ("geojson", "csv", "labels", "record")
    assert not is_finished(plan, "1234")
    assert keep_earlier(plan_for(["labels"]), "5678") == plan_for(["labels"])
    plan.path("csv").unlink()  # the user wants it no more
    plan = keep_earlier(plan_for(["labels"]), "1234")
    assert plan.kinds == ("geojson", "labels", "record")
    finish(plan, replace(RECORD, outputs=plan.kinds))
    assert is_finished(plan, "1234")


def test_what_was_deleted_and_is_not_asked_for_is_forgotten(plan_for, tmp_path):
    finish(plan_for())
    plan_for().path("csv").unlink()
    assert find_finished(tmp_path / "out") == {}
    forget_deleted(plan_for(), "1234")  # it is asked for
    plan = keep_earlier(plan_for(["geojson"]), "1234")
    forget_deleted(plan, "5678")  # other settings
    assert find_finished(tmp_path / "out") == {}
    assert is_finished(plan, "1234")
    forget_deleted(plan, "1234")
    kept = replace(RECORD, outputs=("geojson", "record")).finish(**FOUND)
    assert find_finished(tmp_path / "out") == {"a": kept}


def test_earlier_results_of_the_same_settings_stay_until_new_ones_come(plan_for):
    finish(plan_for())
    plan = keep_earlier(plan_for(["labels"]), "1234")
    before = {kind: path.read_bytes() for kind, path in plan.paths.items() if path.exists()}
    record = replace(RECORD, outputs=plan.kinds)

    def work():
        assert not is_finished(plan_for(), "1234"), "nothing is known of it now"
        assert plan.path("geojson").read_text() == "results"
        # Where it is killed here, nothing is lost, and the same command goes on.
        assert keep_earlier(plan_for(["labels"]), "1234").kinds == plan.kinds
        plan.path("labels").write_text("of a run that fails")
        raise OSError("full")

    with pytest.raises(OSError, match="full"), started(plan, record):
        work()
    assert {kind: path.read_bytes() for kind, path in plan.paths.items() if path.exists()} == before
    assert is_finished(plan_for(), "1234")


def test_nothing_stays_of_an_image_that_fails_with_other_settings(plan_for, tmp_path):
    finish(plan_for())
    plan = plan_for(["labels"])
    record = replace(RECORD, fingerprint="5678", outputs=plan.kinds)
    with pytest.raises(OSError, match="full"), started(plan, record):
        raise OSError("full")
    assert list((tmp_path / "out").iterdir()) == []


def test_results_do_not_stand_beside_those_of_the_same_image_under_its_other_name(plan_for):
    plan = plan_for()
    path = os.path.realpath(plan.image)
    finish(plan, replace(RECORD, path=path))
    renamed = plan.renamed()
    finish(renamed, replace(RECORD, path=path))
    assert list(find_finished(plan.folder)) == ["a.png"]
    assert not any(path.exists() for path in plan.paths.values())
    finish(plan, replace(RECORD, path=path))
    assert list(find_finished(plan.folder)) == ["a"]


def test_room_is_needed_for_what_is_not_finished_alone(tmp_path, monkeypatch):
    given, out = tmp_path / "given", tmp_path / "out"
    given.mkdir()
    (given / "a.png").write_bytes(b"image")

    def plan(overwrite=False):
        return plan_batch([given], out, KINDS, find_release(), Options(), overwrite)

    for begun, record in plan().begin():
        finish(begun, record)
    usage = shutil.disk_usage(tmp_path)._replace(free=3)
    monkeypatch.setattr(outputs.shutil, "disk_usage", lambda folder: usage)
    assert plan().leave_finished(plan().begin()) == []
    with pytest.raises(ConfigurationError, match=r"has 0.0 MB of room"):
        plan(overwrite=True)
    (given / "b.png").write_bytes(b"image")
    with pytest.raises(ConfigurationError, match=r"has 0.0 MB of room"):
        plan()


def test_what_came_to_the_folder_since_the_plan_is_not_replaced(tmp_path):
    (tmp_path / "a.png").write_bytes(b"image")
    planned = plan_batch([tmp_path / "a.png"], tmp_path / "out", KINDS, find_release(), Options())
    (tmp_path / "out" / "a.csv").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"a.csv exists, and no record beside it says"):
        segment_batch(planned, lambda line: None, lambda *progress: None)
    assert (tmp_path / "out" / "a.csv").read_text() == "mine"


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
    os.utime(path, ns=(1, 1))
    fields = [("a.png", 5, 1), ("b.png", 7, 2)]
    together = fingerprint(path, {"turns": 4, "tile": 256}, "ab", "1", fields)
    reverse = fingerprint(path, {"turns": 4, "tile": 256}, "ab", "1", fields[::-1])
    assert together == reverse
    for changed in ([("a.png", 5, 1)], [("a.png", 5, 1), ("b.png", 8, 2)]):
        others.append(fingerprint(path, {"turns": 4, "tile": 256}, "ab", "1", changed))
    assert len({one, together, *others}) == 8
