"""Files, images, processes and jobs: what everything else stands on."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import tifffile

from nucleibench.errors import DataError
from nucleibench.files import atomic_path, file_digest, read_json, write_json
from nucleibench.images import read_labels, read_rgb, write_labels, write_rgb
from nucleibench.parallel import map_in_processes


def test_atomic_path_leaves_a_whole_file_or_the_old_one(tmp_path):
    path = tmp_path / "folder" / "model.weights.h5"
    with atomic_path(path) as temporary:
        assert temporary.name.endswith(".weights.h5")
        temporary.write_text("old")
        assert not path.exists()
    with pytest.raises(RuntimeError), atomic_path(path) as temporary:  # noqa: PT012
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_atomic_files_can_be_read_by_others(tmp_path):
    with atomic_path(tmp_path / "a.txt") as temporary:
        temporary.write_text("x")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o666 & ~mask


def test_json_and_digest(tmp_path):
    write_json(tmp_path / "a.json", {"b": [1, "ü"]})
    assert read_json(tmp_path / "a.json") == {"b": [1, "ü"]}
    (tmp_path / "abc").write_bytes(b"abc")
    # The SHA-256 test vector of FIPS 180-2.
    assert file_digest(tmp_path / "abc").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_images_and_labels_come_back_as_written(tmp_path):
    generator = np.random.default_rng(0)
    image = generator.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    write_rgb(tmp_path / "a.png", image)
    np.testing.assert_array_equal(read_rgb(tmp_path / "a.png"), image)
    for most in (3, 70_000):
        labels = generator.integers(0, most + 1, (20, 30)).astype(np.int32)
        labels[0, 0] = most
        write_labels(tmp_path / "a.tif", labels)
        np.testing.assert_array_equal(read_labels(tmp_path / "a.tif"), labels)


@pytest.mark.parametrize("content", [b"", b"not an image"])
def test_unreadable_files_are_named(tmp_path, content):
    for name, read in (("a.png", read_rgb), ("a.tif", read_labels)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match=f"{name}: not a readable"):
            read(tmp_path / name)


@pytest.mark.parametrize("array", [np.zeros((4, 4), np.float32), np.zeros((2, 4, 4), np.uint8)])
def test_what_is_no_label_map_is_refused(tmp_path, array):
    tifffile.imwrite(tmp_path / "a.tif", array)
    with pytest.raises(DataError, match="an instance label map is one integer per pixel"):
        read_labels(tmp_path / "a.tif")


@pytest.mark.parametrize("workers", [1, 3])
def test_results_keep_the_order_of_the_items(workers):
    assert list(map_in_processes(abs, range(-20, 0), workers)) == list(range(20, 0, -1))


def test_a_workers_exception_reaches_the_caller():
    with pytest.raises(ZeroDivisionError):
        list(map_in_processes((1).__truediv__, [1, 0], 2))


def run_job(tmp_path: Path, body: str) -> subprocess.CompletedProcess:
    script = tmp_path / "job.py"
    script.write_text(
        "from nucleibench.errors import DataError\nfrom nucleibench.experiment.jobs import logged\n"
        f"with logged({str(tmp_path / 'job.log')!r}) as tell:\n{textwrap.indent(body, '    ')}\n"
    )
    return subprocess.run([sys.executable, script], capture_output=True, text=True)


def test_a_job_logs_what_it_prints_and_shows_what_it_tells(tmp_path):
    result = run_job(tmp_path, "print('detail')\ntell('epoch 1')")
    assert result.returncode == 0
    assert result.stderr == "epoch 1\n"
    lines = (tmp_path / "job.log").read_text().splitlines()
    assert lines[:2] == ["detail", "epoch 1"]
    assert lines[2].startswith("took ")


def test_a_jobs_own_errors_are_messages_without_traceback(tmp_path):
    result = run_job(tmp_path, "raise DataError('a.zip is damaged; fetch it again')")
    assert result.returncode == 1
    assert result.stderr == "Error: a.zip is damaged; fetch it again\n"


def test_a_jobs_bugs_show_where_they_are(tmp_path):
    result = run_job(tmp_path, "raise KeyError('x')")
    assert result.returncode == 1
    assert "KeyError: 'x'" in result.stderr
    assert "KeyError: 'x'" in (tmp_path / "job.log").read_text()
