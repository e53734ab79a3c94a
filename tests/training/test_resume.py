import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

SCRIPT = Path(__file__).with_name("tiny_run.py")


def start(*arguments) -> subprocess.Popen:
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def finish(*arguments) -> str:
    process = start(*arguments)
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


def history(folder) -> pd.DataFrame:
    return pd.read_csv(folder / "history.csv").drop(columns="seconds")


def kill_after_epoch(epoch: int, *arguments) -> None:
    """Kill a training with SIGKILL while the epoch after ``epoch`` runs."""
    process = start(*arguments)
    for line in process.stdout:
        if line.startswith(f"epoch {epoch}/"):
            time.sleep(0.05)
            os.kill(process.pid, signal.SIGKILL)
            break
    assert process.wait() == -signal.SIGKILL


def test_killed_training_goes_on_as_if_never_interrupted(drawn_tiles, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    finish("tensorflow", drawn_tiles, whole, 6)
    kill_after_epoch(2, "tensorflow", drawn_tiles, broken, 6)
    assert not (broken / "history.csv").exists()
    kill_after_epoch(4, "tensorflow", drawn_tiles, broken, 6)
    output = finish("tensorflow", drawn_tiles, broken, 6)
    assert "resuming after epoch" in output
    pd.testing.assert_frame_equal(history(whole), history(broken), check_exact=True)


@pytest.fixture(scope="module")
def first_losses(drawn_tiles, tmp_path_factory):
    """Losses of two epochs from the same weights on TensorFlow and on JAX."""
    pytest.importorskip("jax", reason="SKIPPED LOUDLY: JAX is not installed, backends not compared")
    folder = tmp_path_factory.mktemp("backends")
    losses = {}
    for backend in ("tensorflow", "jax"):
        finish(backend, drawn_tiles, folder / backend, 2, folder / "initial.weights.h5")
        losses[backend] = history(folder / backend)
    return losses


def test_tensorflow_and_jax_train_alike(first_losses):
    one, two = first_losses["tensorflow"], first_losses["jax"]
    pd.testing.assert_frame_equal(one, two, rtol=1e-3, check_exact=False)
