"""Runs of ``nucleibench segment`` that are killed or interrupted."""

import os
import signal
import subprocess
import time

import numpy as np
import pytest
from commands import ENVIRONMENT, SEGMENT, call

from nucleibench.data.synthetic import draw_image
from nucleibench.files import read_json
from nucleibench.images import read_labels, read_rgb, write_rgb

SECONDS = 300


@pytest.fixture
def images(tmp_path):
    """Three images, of which the second takes long."""
    drawn, _ = draw_image("kidney", "drawn", 0, 160)
    for number, repeated in enumerate([1, 6, 1]):
        image = np.tile(drawn, (repeated, repeated, 1))
        write_rgb(tmp_path / "images" / f"{number}.png", image)
    return tmp_path / "images"


def start(images, output):
    """Start a run, and wait until its first image is done and the second is begun."""
    command = [*SEGMENT, str(images), str(output), "--threads", "1"]
    process = subprocess.Popen(
        command,
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background jobs ignore Ctrl-C, and so would this one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + SECONDS
    while not (output / "1.json").exists():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def read_files(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refuse_second(process, images, output):
    """Check that another command is refused while a process works, and changes nothing."""
    process.send_signal(signal.SIGSTOP)  # it holds the folder, and writes nothing
    before = read_files(output)
    said = call(images, output, "--overwrite")
    assert said.status == 2
    assert said.text == (
        f"Error: another nucleibench segment writes to {output}; wait until it ends, or choose "
        "another output folder\n"
    )
    assert read_files(output) == before


def test_a_killed_run_leaves_no_half_file_and_goes_on(images, tmp_path):
    output = tmp_path / "out"
    process = start(images, output)
    refuse_second(process, images, output)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert read_json(output / "0.json")["finished"]
    assert not read_json(output / "1.json")["finished"]
    done = (output / "0.json").stat().st_mtime_ns
    said = call(images, output, "--threads", "1")
    assert said.status == 0, said.text
    assert said.lines[0].startswith("1 of 3 images are finished already")
    assert (output / "0.json").stat().st_mtime_ns == done
    names = {path.name for path in output.iterdir()}
    ends = ("json", "geojson", "csv", "tif", "png")
    assert names == {"summary.csv", *(f"{number}.{end}" for number in range(3) for end in ends)}
    for number in range(3):
        record = read_json(output / f"{number}.json")
        assert record["finished"]
        assert record["counts"]["nuclei"] == read_labels(output / f"{number}.tif").max()
        image = read_rgb(images / f"{number}.png")
        assert read_rgb(output / f"{number}.png").shape == image.shape


def test_ctrl_c_ends_in_one_line(images, tmp_path):
    process = start(images, tmp_path / "out")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    *before, last = said.splitlines()
    assert last == "interrupted; the same command goes on with the images that are left"
    assert all(line.startswith("0: ") for line in before), said
    assert not list((tmp_path / "out").glob(".*"))
