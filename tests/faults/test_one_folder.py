"""Results that another run uses, or that cannot be written: a run says so, and loses nothing."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from small_disk import small_disk
from toy import Workflow

pytestmark = [pytest.mark.workflow, pytest.mark.faults_long]
TARGET = "results/data/tnbc/images.csv"
OTHER = "results/data/monuseg/images.csv"


def contents(folder: Path) -> dict[Path, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "logs" not in path.parts)
    return {path: path.read_bytes() for path in paths}


@contextmanager
def stopped(folder: Path) -> Iterator[None]:
    """Let the processes that name a folder wait, or the first run may end before the second."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_text().split("\0")
            found += [int(entry.name)] if str(folder) in words else []
    assert found
    for pid in found:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


def test_two_workflows_at_once(tmp_path):
    workflow = Workflow(tmp_path)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(workflow.run, "--", TARGET)
        while not any(tmp_path.glob(".snakemake/locks/*")):
            assert not first.done(), first.result().stdout
            time.sleep(0.05)
        with stopped(tmp_path):
            second = workflow.run("--", TARGET)
        assert first.result().returncode == 0, first.result().stdout
    assert second.returncode == 1
    assert "Directory cannot be locked" in second.stdout
    assert "Traceback" not in second.stdout
    assert "Nothing to be done" in workflow.run("--", TARGET).stdout


def test_results_that_cannot_be_written(tmp_path):
    workflow, results = Workflow(tmp_path), tmp_path / "results"
    with small_disk(results, "100m"):
        assert workflow.run("--", TARGET).returncode == 0
        before = contents(results)
        subprocess.run(["mount", "-o", "remount,ro", results], check=True)
        refused = workflow.run("--", OTHER)
        assert refused.returncode == 1
        assert "results cannot be written: Read-only file system" in refused.stdout
        assert "Traceback" not in refused.stdout
        subprocess.run(["mount", "-o", "remount,rw", results], check=True)
        assert contents(results) == before
        assert workflow.run("--", OTHER).returncode == 0
