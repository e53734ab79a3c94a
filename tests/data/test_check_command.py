"""``nucleibench check`` as a user calls it."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from annotation_files import tiff
from drawn_folder import LABELS, picture, two_images

from nucleibench.cli import build_parser, main
from nucleibench.commands.named_dataset import SIGNS, guess_format
from nucleibench.data.formats import FORMATS
from nucleibench.data.sample_pictures import OUTLINE
from nucleibench.images import read_rgb

CONSOLE_SCRIPT = Path(sys.executable).with_name("nucleibench")


@pytest.fixture
def folder(tmp_path):
    """Images of 0.5 and of an unknown pixel size, with two nuclei each."""
    for name, content in two_images().items():
        path = tmp_path / "given" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return tmp_path / "given"


def call(*arguments, cwd=None):
    """Call the console script in a process of its own."""
    command = [str(CONSOLE_SCRIPT), "check", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=cwd)


def check(capsys, *arguments):
    """Return exit status, standard output and the last line of what else is said."""
    status = main(["check", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out, (said.err.splitlines() or [""])[-1]


def test_console_script_says_what_is_there_and_draws_it(folder, tmp_path):
    result = call(folder, "--pictures", tmp_path / "new")
    assert (result.returncode, result.stderr) == (
        0,
        "taken as the format folder; --format says otherwise\n",
    )
    head, *lines = result.stdout.splitlines()
    assert head == "given: 2 images of 2 patients, 4 nuclei"
    assert "  organs: liver (1), breast (1)" in lines
    assert "  pixel sizes (um): 0.5 (1), 0.25 (1)" in lines
    assert lines[-1] == f"outlines: {tmp_path / 'new' / 'given.png'}"
    drawn = read_rgb(tmp_path / "new" / "given.png")
    # The rims of 8 x 8 and 10 x 10 pixels, in each of two images.
    assert (drawn == OUTLINE).all(axis=2).sum() == 2 * (28 + 36)


def test_help_imports_nothing_heavy():
    code = "import sys, nucleibench.cli; nucleibench.cli.build_parser(); print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0
    heavy = {"numpy", "cv2", "pandas", "pydantic", "yaml", "keras", "tensorflow"}
    assert not heavy & set(result.stdout.split())


def test_help_names_the_formats():
    commands = build_parser()._subparsers._group_actions[0].choices
    text = " ".join(commands["check"].format_help().split())
    listed = re.search(r"--format FORMAT ([\w, ]+);", text)[1]
    assert set(re.findall(r"\w+", listed)) - {"or"} == set(FORMATS)


@pytest.mark.parametrize(
    ("format", "part"),
    [("monuseg", "train"), ("tnbc", "all"), ("consep", "train"), ("folder", "all")],
)
def test_format_is_told_by_names(synthetic_archives, format, part):
    assert guess_format(synthetic_archives[format, part]) == format
    assert set(SIGNS) == set(FORMATS) - {"folder"}


def test_label_maps_of_matlab_in_a_folder_of_ones_own_are_no_consep(make_archive):
    archive = make_archive({"images/a.png": picture(), "labels/a.mat": b""})
    assert guess_format(archive) == "folder"


def test_an_image_that_cannot_be_read_is_a_problem(capsys, folder, tmp_path):
    (folder / "images" / "b.png").write_bytes(picture(1)[:99])
    status, out, last = check(capsys, folder, "--pictures", tmp_path / "new")
    assert status == 1
    assert "given: 1 image of 1 patient, 2 nuclei" in out
    assert "  cannot be read: b: " in out
    assert last == "no picture is drawn, as not all images can be read"
    assert not (tmp_path / "new").exists()


def test_what_is_odd_is_said_and_is_no_problem(capsys, folder):
    (folder / "labels" / "b.tif").write_bytes(tiff(np.zeros_like(LABELS)))
    status, out, _ = check(capsys, folder)
    assert (status, "  odd: b: has no nuclei" in out) == (0, True)


def test_images_without_annotations_are_for_segmenting_alone(capsys, folder):
    for path in (folder / "labels").iterdir():
        path.unlink()
    status, out, last = check(capsys, folder)
    assert (status, out) == (1, "")
    assert "holds 2 images and no annotation of them" in last
    assert "can be segmented by `nucleibench segment`, and not scored" in last


def test_dataset_of_a_configuration_file(capsys, folder, tmp_path):
    mine = tmp_path / "mine.yaml"
    archives = f"{{archives: {{all: {{path: {folder}}}}}"
    mine.write_text(f"datasets:\n  own: {archives}, format: folder}}\n  bad: {archives}}}\n")
    status, out, _ = check(capsys, mine, "own")
    assert (status, out.splitlines()[0]) == (0, "own: 2 images of 2 patients, 4 nuclei")
    assert check(capsys, mine, "other")[::2] == (
        2,
        f"Error: {mine}: no dataset 'other'; choose one of monuseg, tnbc, own, bad",
    )
    assert "name a dataset; choose one of" in check(capsys, mine)[2]
    status, _, last = check(capsys, mine, "bad")
    assert (status, last) == (2, f"  {mine}: datasets.bad: format is missing")


def test_wrong_use_is_refused_before_anything_is_read(capsys, folder, tmp_path):
    refused = {
        (tmp_path / "absent",): "absent does not exist; give a folder or an archive",
        (folder, "own"): "own: a name is for datasets of a configuration file",
        (folder, "--format", "dicom"): "no dataset format 'dicom'; choose one of monuseg",
        (folder, "--pictures", folder / "images"): "is in the dataset; choose another folder",
    }
    for arguments, said in refused.items():
        status, out, last = check(capsys, *arguments)
        assert (status, out) == (2, "")
        assert said in last


def test_no_picture_is_overwritten(capsys, folder, tmp_path):
    (tmp_path / "given.png").write_text("mine")
    status, out, last = check(capsys, folder, "--pictures", tmp_path)
    assert (status, out) == (2, "")
    assert last == f"Error: {tmp_path / 'given.png'} exists; remove it or choose another folder"
    assert (tmp_path / "given.png").read_text() == "mine"
