"""What ``nucleibench segment`` refuses before any work, and how it says so."""

import os
import subprocess
import sys

import numpy as np
import pytest
from commands import ENVIRONMENT, SEGMENT

from nucleibench.cli import main
from nucleibench.images import write_rgb


@pytest.fixture
def image(tmp_path):
    write_rgb(tmp_path / "given" / "a.png", np.full((40, 50, 3), 200, np.uint8))
    return tmp_path / "given" / "a.png"


def refuse(capsys, *arguments):
    """Return the last line of what is said of wrong use."""
    try:
        status = main(["segment", *map(str, arguments)])
    except SystemExit as end:
        status = end.code
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    return said.err.splitlines()[-1]


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--gpu", "-1", "'-1' is not a number from 0 to 64"),
        ("--threads", "-1", "'-1' is not a number from 1 to 1024"),
        ("--threads", "0", "'0' is not a number from 1 to 1024"),
        ("--members", "1,x", "'x' is not a number from 1 to 99"),
        ("--turns", "9", "'9' is not a number from 1 to 8"),
        ("--pixel-size", "1000", "'1000' is not a number from 0.05 to 5 micrometres"),
        ("--pixel-size", "20x", "'20x' is not a number from 0.05 to 5 micrometres"),
        ("--pixel-size", "nan", "'nan' is not a number from 0.05 to 5 micrometres"),
    ],
)
def test_numbers_out_of_bounds_are_refused_with_the_bounds(capsys, image, option, value, allowed):
    said = refuse(capsys, image, image.parent / "out", option, value)
    assert said == f"nucleibench segment: error: argument {option}: {allowed}"


def test_an_output_that_is_an_input_is_refused(capsys, image):
    before = image.read_bytes()
    assert "cannot be written to" in refuse(capsys, image, image)
    assert "holds the images; choose another" in refuse(capsys, image.parent, image.parent)
    assert "would replace the image" in refuse(capsys, image, image.parent)
    assert image.read_bytes() == before
    assert [path.name for path in image.parent.iterdir()] == ["a.png"]


def test_an_output_that_is_a_file_is_refused(capsys, image, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    said = refuse(capsys, image, tmp_path / "notes.txt")
    assert said.startswith(f"Error: {tmp_path / 'notes.txt'} cannot be written to")
    assert "choose another output folder" in said
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_unknown_outputs_networks_and_folders_without_images_are_told(capsys, image, tmp_path):
    out = tmp_path / "out"
    said = refuse(capsys, image, out, "--outputs", "csv,masks")
    assert said.startswith("Error: no output 'masks'; choose of geojson, ")
    assert "give the folder of a trained network" in refuse(capsys, image, out, "--model", tmp_path)
    (tmp_path / "empty").mkdir()
    assert "empty holds no images (.png, " in refuse(capsys, tmp_path / "empty", out)


def test_a_mistyped_path_is_answered_before_anything_is_loaded(tmp_path):
    code = (
        "import sys; from nucleibench.cli import main\n"
        f"print(main(['segment', {str(tmp_path / 'nowhere.png')!r}, 'out']))\n"
        "print(*{'keras', 'tensorflow', 'numpy', 'cv2', 'pandas', 'pydantic'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert result.stdout == "2\n\n"
    assert result.stderr == (
        f"Error: {tmp_path / 'nowhere.png'} does not exist; give images, slides or folders\n"
    )


@pytest.mark.parametrize(("visible", "count"), [("-1", 0), ("3,5", 2)])
def test_fewer_gpus_than_asked_for_are_told_before_anything_is_loaded(image, visible, count):
    code = (
        "import sys; from nucleibench.cli import main\n"
        f"print(main(['segment', {str(image)!r}, 'out', '--gpu', '3']))\n"
        "print(*{'keras', 'tensorflow', 'numpy', 'cv2', 'pandas', 'pydantic'} & {*sys.modules})"
    )
    command = [sys.executable, "-c", code]
    environment = {**ENVIRONMENT, "CUDA_VISIBLE_DEVICES": visible}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert result.stdout == "2\n\n"
    assert result.stderr == (
        f"Error: --gpu 3: {count} NVIDIA GPUs are visible here (nvidia-smi and CUDA_VISIBLE_DEVICES"
        " say which); give as many, or leave --gpu out: processors compute\n"
    )


def test_a_wait_for_a_gpu_is_told_at_once_and_one_that_cannot_be_used_is_refused(image, tmp_path):
    """The GPU is a name only, so that TensorFlow finds none once another process gives it up."""
    environment = {**ENVIRONMENT, "CUDA_VISIBLE_DEVICES": "0", "TMPDIR": str(tmp_path)}
    claim = (
        "from nucleibench.compute.accelerators import claim_accelerators\n"
        "print(claim_accelerators(1), flush=True); input()"
    )
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(
        [sys.executable, "-c", claim], env=environment, text=True, **pipes
    ) as other:
        assert other.stdout.readline() == "['0']\n"
        command = [*SEGMENT, str(image), str(tmp_path / "out"), "--gpu", "1"]
        with subprocess.Popen(command, env=environment, text=True, **pipes) as waiting:
            assert waiting.stderr.readline() == "waiting for 1 of the accelerators 0\n"
            other.communicate("\n", timeout=60)
            said, errors = waiting.communicate(timeout=300)
    assert (waiting.returncode, said) == (2, "")
    assert errors == (
        "Error: --gpu 1: TensorFlow can use 0 GPUs here; install its libraries of NVIDIA "
        "(pip install 'nucleibench[gpu]'), or leave --gpu out: processors compute\n"
    )


def test_help_names_every_option_and_needs_no_library():
    result = subprocess.run(
        [*SEGMENT, "--help"], env=ENVIRONMENT, capture_output=True, text=True, check=True
    )
    for option in (
        "--pixel-size",
        "--model",
        "--members",
        "--turns",
        "--overwrite",
        "--one-slide",
        "--gpu",
    ):
        assert option in result.stdout


@pytest.mark.parametrize("place", [0, 1])
def test_an_empty_path_is_not_this_folder(capsys, image, tmp_path, place):
    paths = [image, tmp_path / "out"]
    paths[place] = ""
    assert refuse(capsys, *paths).endswith(": an empty path; give a file or a folder")


def test_paths_that_no_system_takes_are_refused(capsys, image, tmp_path):
    long, out = tmp_path / ("a" * 300), tmp_path / "out"
    assert refuse(capsys, long, out) == (
        f"Error: {long} does not exist; give images, slides or folders"
    )
    remedy = f"Error: {long}"
    assert refuse(capsys, image, long).startswith(remedy)
    assert refuse(capsys, image, out, "--model", long).startswith(remedy)
    assert refuse(capsys, image, out / ("b" * 300)).endswith("choose another output folder")


def test_wrong_use_is_answered_where_nobody_can_be_told(tmp_path):
    command = [*SEGMENT, str(tmp_path / "no.png"), str(tmp_path / "out")]
    closed = subprocess.run(command, env=ENVIRONMENT, preexec_fn=lambda: os.close(2))
    assert closed.returncode == 2
