import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides import outputs
from nucleibench.slides.inputs import Input
from nucleibench.slides.outputs import name_results, plan_outputs
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
    with pytest.raises(ConfigurationError, match=r"has 0.0 MB of room, but the results may need"):
        plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", KINDS)


def test_unknown_outputs_are_refused(tmp_path):
    with pytest.raises(ConfigurationError, match="no output 'pdf'; choose of geojson, "):
        plan_outputs([image(tmp_path / "a.svs")], tmp_path / "out", ["pdf"])
