"""Files with odd names, of odd kinds and in odd states among good images; full disks."""

import os
import resource
import subprocess

import numpy as np
import pytest
from commands import ENVIRONMENT, FAST, SEGMENT, call
from PIL import Image

from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import write_rgb
from nucleibench.images.raster import open_raster
from nucleibench.slides import batch
from nucleibench.slides.inputs import LONGEST_NAME, SUFFIXES, UNREAD, Input, find_inputs
from nucleibench.slides.locking import sole_writer
from nucleibench.slides.options import Options
from nucleibench.slides.planning import find_release, plan_batch

RESULTS = (".geojson", ".csv", ".tif", ".png", ".json")


@pytest.fixture(scope="module")
def drawn():
    return draw_image("kidney", "drawn", 0, 96)[0]


@pytest.fixture(scope="module")
def odd(tmp_path_factory, drawn):
    """A folder of good images with odd names, and of what cannot be segmented."""
    folder = tmp_path_factory.mktemp("given") / "odd"
    good = ["with space.png", "br[ack]et{s}*.png", "µ_中文.png", "two\nlines.png", "-dash.png"]
    for name in [*good, "x" * (LONGEST_NAME - 4) + ".png", "y" * (LONGEST_NAME - 3) + ".png"]:
        write_rgb(folder / name, drawn)
    write_rgb(folder / os.fsdecode(b"bad\xff.png"), drawn)
    Image.fromarray(drawn).save(folder / "moving.gif")
    Image.fromarray(drawn).save(folder / "cut.jp2")
    os.truncate(folder / "cut.jp2", 9000)
    (folder / "link.png").symlink_to("nowhere.png")
    os.mkfifo(folder / "pipe.png")
    return folder


FAULTS = {
    "link.png": "leads to no file; restore the link, or remove it",
    "pipe.png": "is a pipe or a device, not a file; give a file",
    "y" * (LONGEST_NAME - 3) + ".png": "has a name of 241 bytes, of at most 240; rename it",
    os.fsdecode(b"bad\xff.png"): "has a name that is not UTF-8; rename it",
}


def test_each_odd_input_is_named_in_one_line_and_all_others_are_done(odd, tmp_path):
    said = call(odd, tmp_path / "out", *FAST)
    assert said.status == 1
    errors = [line for line in said.lines if line.startswith("Error: ")]
    told = [f"Error: {odd / name} {fault}" for name, fault in FAULTS.items()]
    assert {os.fsencode(line) for line in told if "bad" not in line} <= set(
        map(os.fsencode, errors)
    )
    assert sum("has a name that is not UTF-8" in line for line in errors) == 1
    for name in ("moving.gif", "cut.jp2"):
        (line,) = (line for line in errors if name in line)
        assert line.startswith(f"Error: {odd / name}: not a readable image: ")
        assert line.count(name) == 1
    assert len(errors) == 6
    rest = [line for line in said.lines if line not in errors]
    assert all("does not state the size" in line for line in rest[:-1]), "a library was heard"
    assert rest[-1].endswith(f" nuclei in 6 images, 6 failed: {tmp_path / 'out'}/summary.csv")
    names = {name.removesuffix(end) for name in os.listdir(tmp_path / "out") for end in RESULTS}
    assert {"br[ack]et{s}*", "two\nlines", "-dash", "x" * (LONGEST_NAME - 4)} <= names
    assert len(os.listdir(tmp_path / "out")) == 6 * len(RESULTS) + 1


@pytest.mark.parametrize("name", FAULTS)
def test_an_input_that_cannot_be_segmented_says_why(odd, name):
    assert Input(odd / name, odd.joinpath(name).relative_to(odd)).fault() == FAULTS[name]
    assert Input(odd / "with space.png", odd / "with space.png").fault() == ""


def test_a_pipe_is_never_waited_for(odd, tmp_path):
    (given,) = find_inputs([odd / "pipe.png"], SUFFIXES, tmp_path)
    assert given.fault() == FAULTS["pipe.png"]
    with pytest.raises(DataError, match=r"pipe.png: is a pipe or a device, not a file"):
        open_raster(given.path)


def test_images_of_kinds_that_are_not_read_are_found(odd, tmp_path):
    found = find_inputs([odd], SUFFIXES + UNREAD, tmp_path / "out")
    assert "moving.gif" in [given.path.name for given in found]


def test_a_full_disk_fails_one_image_and_leaves_nothing_of_it(tmp_path, drawn):
    """The system refuses files beyond a size as it refuses any on a full disk."""
    random = np.random.default_rng(0)
    write_rgb(tmp_path / "given" / "large.png", random.integers(0, 256, (300, 300, 3), np.uint8))
    write_rgb(tmp_path / "given" / "small.png", drawn)
    output = tmp_path / "out"
    command = [*SEGMENT, str(tmp_path / "given"), str(output), *FAST, "--outputs", "csv,picture"]
    result = subprocess.run(
        command,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert result.returncode == 1
    told = (
        f"Error: {tmp_path}/given/large.png: File too large; mend that, and give the same command"
    )
    assert told in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(os.listdir(output)) == ["small.csv", "small.json", "small.png", "summary.csv"]


def test_whatever_fails_in_one_image_the_others_are_done(tmp_path, drawn, monkeypatch):
    for name in ("a", "b", "c", "d", "e"):
        write_rgb(tmp_path / "given" / f"{name}.png", drawn)
    lacking = RuntimeError("Failed to allocate memory for requested buffer")  # as runtimes say it
    segment_image = batch.segment_image

    def fail(plan, *arguments):
        if plan.name == "c":
            return segment_image(plan, *arguments)
        denied = PermissionError(13, "Permission denied", "out/e.csv")
        raise {"a": MemoryError(), "b": KeyError("x"), "d": lacking, "e": denied}[plan.name]

    monkeypatch.setattr(batch, "segment_image", fail)
    options = Options(turns=1, threads=1)
    planned = plan_batch([tmp_path / "given"], tmp_path / "out", ["csv"], find_release(), options)
    lines = []
    records, failed = batch.segment_batch(planned, lines.append, lambda *progress: None)
    assert ([record.image for record in records], failed) == (["c.png"], 4)
    assert "d.png: there is not enough memory; end other programs" in lines[-2]
    assert "e.png: out/e.csv: Permission denied; mend that, and give" in lines[-1]
    assert "a.png: there is not enough memory; end other programs" in lines[0]
    assert "b.png: an unexpected KeyError ('x'); please report it" in lines[1]


def test_a_folder_has_one_writer_at_a_time(tmp_path):
    second = sole_writer(tmp_path)
    with sole_writer(tmp_path):
        with pytest.raises(ConfigurationError, match="another nucleibench segment writes to"):
            second.__enter__()
        assert os.listdir(tmp_path) == []
    with sole_writer(tmp_path):
        pass


def test_results_of_what_an_image_was_before_do_not_count(tmp_path, drawn):
    image = tmp_path / "given" / "a.png"
    write_rgb(image, drawn)

    def segment():
        options = Options(turns=1, threads=1)
        planned = plan_batch([image], tmp_path / "out", ["csv"], find_release(), options)
        return batch.segment_batch(planned, lambda line: None, lambda *progress: None)

    (_,), failed = segment()
    assert failed == 0
    os.truncate(image, 1000)
    assert segment() == ([], 1)
    assert (tmp_path / "out" / "a.csv").exists(), "nothing is lost"
