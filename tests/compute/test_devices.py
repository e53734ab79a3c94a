"""One processor, passing for two accelerators, trains as it does alone."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from nucleibench.compute.devices import check_batch_size, device_count

SCRIPT = Path(__file__).with_name("devices_run.py")


def run(*arguments) -> subprocess.CompletedProcess:
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=600)


def history(backend, devices, tiles, folder) -> pd.DataFrame:
    done = run(backend, devices, tiles, folder)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / "history.csv").drop(columns="seconds")


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_train_as_one(backend, drawn_tiles, tmp_path):
    pytest.importorskip(backend, reason=f"SKIPPED LOUDLY: {backend} is not installed")
    one, two = (history(backend, n, drawn_tiles, tmp_path / str(n)) for n in (1, 2))
    assert len(one) == 2
    pd.testing.assert_frame_equal(one, two, rtol=1e-5, check_exact=False)


def test_batches_that_cannot_be_shared_are_refused(drawn_tiles, tmp_path):
    pytest.importorskip("jax", reason="SKIPPED LOUDLY: jax is not installed")
    done = run("jax", 2, drawn_tiles, tmp_path, 5)
    assert "batches of 5 tiles cannot be shared equally by 2 accelerators" in done.stderr
    assert "make batch_size a multiple of 2" in done.stderr


def test_one_device_takes_any_batch():
    assert device_count() == 1
    check_batch_size(5)
