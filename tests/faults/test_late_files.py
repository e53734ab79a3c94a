"""A shared file system that shows the head of a workflow late what its nodes wrote."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest
from test_same_results import SMALL, different, finished, outcome
from toy import Workflow

pytestmark = [pytest.mark.workflow, pytest.mark.faults_long]
DISK = Path(__file__).with_name("late_disk.py")
TARGET = "results/metrics/otsu/tnbc.csv"


@contextmanager
def late_disk(folder: Path, seconds: float) -> Iterator[Path]:
    """Yield a folder of a file system that shows new files after some seconds."""
    if which("fusermount3") is None or not Path("/dev/fuse").exists():
        pytest.skip("a late file system needs FUSE: apt-get install fuse3")
    store, mount = folder / "store", folder / "mount"
    store.mkdir(exist_ok=True)
    mount.mkdir(exist_ok=True)
    command = [sys.executable, str(DISK), str(store), str(mount), str(seconds)]
    disk = subprocess.Popen(command)
    try:
        while not mount.is_mount():
            assert disk.poll() is None, "the file system did not start"
            time.sleep(0.05)
        yield mount
    finally:
        subprocess.run(["fusermount3", "-uz", str(mount)], check=False)
        disk.wait(10)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """What a run on an ordinary disk leaves."""
    return finished(tmp_path_factory.mktemp("undisturbed"), "--", TARGET)


def run(folder: Path, wait: str, *arguments: str):
    return Workflow(folder).run("--latency-wait", wait, *arguments, **SMALL)


def test_files_later_than_the_wait_are_told_and_a_rerun_completes(undisturbed, tmp_path):
    with late_disk(tmp_path, 4) as folder:
        late = run(folder, "1", "--retries", "0", "--", TARGET)
        assert late.returncode == 1, late.stdout
        assert "--latency-wait" in late.stdout
        assert "Traceback" not in late.stdout
        again = run(folder, "20", "--", TARGET)
        assert again.returncode == 0, again.stdout
        assert different(undisturbed, outcome(Workflow(folder))) == []


def test_a_long_enough_wait_gives_the_same_results(undisturbed, tmp_path):
    with late_disk(tmp_path, 2) as folder:
        result = run(folder, "20", "--", TARGET)
        assert result.returncode == 0, result.stdout
        assert different(undisturbed, outcome(Workflow(folder))) == []
