import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides import outputs
from nucleibench.slides.inputs import Input
from nucleibench.slides.outputs import (
    OutputPlan,
    check_space,
    former_plan,
    name_results,
    plan_outputs,
)
from nucleibench.slides.record import Record, write_record

KINDS = ("geojson", "csv", "picture")


def image(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"image")
    return Input(path, Path(path.name))


def names(*below):
    return name_results([Path(path) for path in below])


def test_results_are_called_as_images_are_below_the_given_folder():
    assert names("a.svs", "case/b.png", "c.ome.tif") == ["a", "case/b", "c.ome"]


def test_suffixes_stay_where_two_results_would_have_one_name():
    assert names("a.svs", "a.png", "b.png") == ["a.svs", "a.png", "b"]
    assert names("Summary.png", "case/summary.png") == ["Summary.png", "case/summary"]
    assert names("A.tif", "a.png") == ["A.tif", "a.png"]
    # A name that is kept whole can be that of another result.
    assert names("a.tif", "a.png", "a.tif.svs") == ["a.tif", "a.png", "a.tif.svs"]


@pytest.mark.parametrize("pair", [("a.tif", "a.tif"), ("a.tif", "A.TIF"), ("é.tif", "e\u0301.tif")])
def test_two_images_of_one_name_are_refused(pair):
    with pytest.raises(ConfigurationError, match="two images would have results called"):
        names(*pair)


stems = st.sampled_from(["a", "b", "A", "a.tif", "summary", "a.png"])
files = st.builds(
    lambda stem, suffix: Path(stem + suffix), stems, st.sampled_from([".tif", ".png"])
)


@given(st.lists(files, unique=True, max_size=8))
def test_names_are_unique_on_every_file_system_or_refused(below):
    try:
        found = name_results(below)
    except ConfigurationError:
        lower = [path.as_posix().lower() for path in below]
        assert len(set(lower)) < len(lower)
        return
    assert len({name.lower() for name in found} | {"summary"}) == len(found) + 1
    for name, path in zip(found, below, strict=True):
        assert name in (path.as_posix(), path.with_suffix("").as_posix())


def test_a_plan_has_a_path_for_each_kind_and_the_record_last(tmp_path):
    (plan,) = plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", KINDS)
    assert list(plan.paths) == ["geojson", "csv", "picture", "record"]
    assert plan.path("geojson") == tmp_path / "out" / "a.geojson"
    assert plan.path("record") == tmp_path / "out" / "a.json"
    assert (tmp_path / "out").is_dir()


def test_results_may_lie_beside_an_image_of_another_suffix(tmp_path):
    (plan,) = plan_outputs([image(tmp_path / "a.svs")], tmp_path, KINDS)
    assert plan.path("picture") == tmp_path / "a.png"


@pytest.mark.parametrize("make", ["same", "case", "link to folder", "symbolic link", "hard link"])
def test_no_result_replaces_an_image(tmp_path, make):
    given = image(tmp_path / "in" / "a.png")
    out = tmp_path / "in"
    if make == "case":
        given = image(tmp_path / "in" / "A.PNG")
        (tmp_path / "in" / "a.png").unlink()
        given = Input(given.path, Path("a.png"))
    elif make == "link to folder":
        out = tmp_path / "link"
        out.symlink_to(tmp_path / "in")
    elif make == "symbolic link":
        out = tmp_path / "out"
        out.mkdir()
        (out / "a.png").symlink_to(given.path)
    elif make == "hard link":
        out = tmp_path / "out"
        out.mkdir()
        os.link(given.path, out / "a.png")
    with pytest.raises(ConfigurationError, match="would replace the image"):
        plan_outputs([given], out, KINDS)
    assert given.path.read_bytes() == b"image"


def test_no_result_replaces_another_image(tmp_path):
    with pytest.raises(ConfigurationError, match=r"a.png would replace the image .*a.png"):
        plan_outputs(
            [image(tmp_path / "a.svs"), Input(image(tmp_path / "a.png").path, Path("b"))],
            tmp_path,
            KINDS,
        )


def test_files_of_others_are_not_replaced(tmp_path):
    given, out = image(tmp_path / "a.svs"), tmp_path / "out"
    out.mkdir()
    (out / "a.geojson").write_text("annotated by hand")
    with pytest.raises(ConfigurationError, match="no record beside it says that NucleiBench wrote"):
        plan_outputs([given], out, KINDS)
    record = Record("a.svs", "f", ("csv", "record"), "1", {}, {})
    write_record(out / "a.json", record)
    with pytest.raises(ConfigurationError, match="no record beside it"):
        plan_outputs([given], out, KINDS)
    write_record(out / "a.json", Record("a.svs", "f", ("geojson", "record"), "1", {}, {}))
    assert plan_outputs([given], out, KINDS)
    (out / "a.json").write_text('{"patient": 3}')
    with pytest.raises(DataError, match=r"a.json is not what NucleiBench writes"):
        plan_outputs([given], out, KINDS)


def test_results_of_another_image_are_not_replaced(tmp_path):
    write_record(tmp_path / "a.json", Record("a.svs", "f", ("record",), "1", {}, {}))
    with pytest.raises(ConfigurationError, match=r"a.json is of another image, a.svs"):
        plan_outputs([image(tmp_path / "a.tif")], tmp_path, KINDS)


def test_a_result_is_not_a_folder_of_results(tmp_path):
    first, second = image(tmp_path / "a.svs"), image(tmp_path / "b.svs")
    inside = Input(second.path, Path("a.geojson") / "b.svs")
    with pytest.raises(ConfigurationError, match="would be a file and a folder"):
        plan_outputs([first, inside], tmp_path / "out", KINDS)


def test_an_output_folder_that_cannot_be_written_to_is_refused(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ConfigurationError, match=r"out cannot be written to .*; choose another"):
        plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", KINDS)


def test_too_little_room_is_refused(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=3)
    monkeypatch.setattr(outputs.shutil, "disk_usage", lambda folder: usage)
    plans = plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", KINDS)
    with pytest.raises(ConfigurationError, match=r"has 0.0 MB of room, but the results may need"):
        check_space(plans, tmp_path / "out")
    check_space([], tmp_path / "out")


@pytest.mark.parametrize("below", [Path("sub/a.svs"), Path("sub/deeper/a.svs")])
def test_a_file_where_a_folder_of_results_must_be_is_refused(tmp_path, below):
    given = Input(image(tmp_path / "a.svs").path, below)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "sub").write_text("notes")
    with pytest.raises(ConfigurationError, match=r"out/sub cannot be written to .*choose another"):
        plan_outputs([given], tmp_path / "out", KINDS)
    assert (tmp_path / "out" / "sub").read_text() == "notes"


def record_of(path, outputs=("csv", "record")):
    return Record(path.name, "f", outputs, "1", {}, {}, path=str(path))


def test_results_of_another_image_of_the_same_name_are_not_replaced(tmp_path):
    first, second = image(tmp_path / "A" / "slide.png"), image(tmp_path / "B" / "slide.png")
    out = tmp_path / "out"
    out.mkdir()
    write_record(out / "slide.json", record_of(first.path))
    (out / "slide.csv").write_text("of A")
    assert plan_outputs([first], out, ["csv"])
    (tmp_path / "link").symlink_to(tmp_path / "A")
    assert plan_outputs([Input(tmp_path / "link" / "slide.png", second.below)], out, ["csv"])
    told = f"slide.json is of another image, {first.path}; choose another output folder"
    with pytest.raises(ConfigurationError, match=told):
        plan_outputs([second], out, ["csv"])
    assert (out / "slide.csv").read_text() == "of A"


def test_an_image_that_was_moved_or_has_a_record_without_path_is_the_same(tmp_path):
    before, out = image(tmp_path / "A" / "slide.png").path, tmp_path / "out"
    out.mkdir()
    write_record(out / "slide.json", record_of(before))
    moved = before.rename(image(tmp_path / "B" / "slide.png").path)
    assert plan_outputs([Input(moved, Path(moved.name))], out, ["csv"])
    write_record(out / "slide.json", replace(record_of(before), path=""))
    assert plan_outputs([image(before)], out, ["csv"])


def test_results_have_one_other_name(tmp_path):
    for name, suffix, other in [("a", ".png", "a.png"), ("b/a.tif", ".tif", "b/a")]:
        plan = OutputPlan(tmp_path / f"a{suffix}", tmp_path, name, KINDS)
        assert plan.renamed() == replace(plan, name=other)
        assert plan.renamed().renamed() == plan
    whole = OutputPlan(tmp_path / "a.tif.tif", tmp_path, "a.tif", KINDS)
    assert whole.renamed().name == "a.tif.tif"
    bare = OutputPlan(tmp_path / "a", tmp_path, "a", KINDS)
    assert bare.renamed() == bare


def test_results_under_the_other_name_are_those_of_the_same_file(tmp_path):
    given, out = image(tmp_path / "A" / "a.png").path, tmp_path / "out"
    out.mkdir()
    plan = OutputPlan(given, out, "a.png", KINDS)
    assert former_plan(plan) is None
    write_record(out / "a.json", record_of(given))
    assert former_plan(plan) == OutputPlan(given, out, "a", ("csv", "record"))
    for other in (
        record_of(image(tmp_path / "B" / "a.png").path),
        replace(record_of(given), path=""),  # which file it was is not known
    ):
        write_record(out / "a.json", other)
        assert former_plan(plan) is None
    (out / "a.json").write_text("not ours")
    assert former_plan(plan) is None


def test_no_image_is_removed_with_results_of_another_name(tmp_path):
    given, picture = image(tmp_path / "a.svs"), image(tmp_path / "a.png")
    write_record(tmp_path / "a.json", record_of(given.path, ("picture", "record")))
    with pytest.raises(ConfigurationError, match=r"a.png would replace the image"):
        plan_outputs([given, picture], tmp_path, ["csv"])


def test_unknown_outputs_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no output 'pdf'; choose of geojson, "):
        plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", ["pdf"])
