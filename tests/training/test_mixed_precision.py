"""Mixed precision trains nearly as float32 does, and its loss scale is part of the state."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from nucleibench.families.gb_unet.network import build_gb_unet
from nucleibench.training.state import Progress, load_state, save_state

SCRIPT = Path(__file__).with_name("tiny_run.py")


def losses(backend, precision, tiles, folder) -> pd.DataFrame:
    arguments = [backend, tiles, folder / backend / precision, 1]
    arguments += [folder / "initial.weights.h5", precision]
    command = [sys.executable, SCRIPT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    history = pd.read_csv(folder / backend / precision / "history.csv")
    return history[["loss", "val_loss"]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("precision")


@pytest.fixture(scope="module")
def full(drawn_tiles, folder):
    """Losses of an epoch in float32, from the weights that all others start from."""
    return losses("tensorflow", "float32", drawn_tiles, folder)


@pytest.mark.parametrize(
    ("backend", "precision"),
    [
        ("tensorflow", "mixed_bfloat16"),
        ("tensorflow", "mixed_float16"),
        ("jax", "mixed_bfloat16"),
    ],
)
def test_mixed_precision_stays_near_float32(backend, precision, full, drawn_tiles, folder):
    pytest.importorskip(backend, reason=f"SKIPPED LOUDLY: {backend} is not installed")
    mixed = losses(backend, precision, drawn_tiles, folder)
    pd.testing.assert_frame_equal(mixed, full, rtol=0.02, check_exact=False)
    assert (mixed != full).all(axis=None), "it was not computed in less precision"


def scaled_network():
    """A tiny network, compiled as Keras compiles one under mixed_float16."""
    network = build_gb_unet(2, (4, 8), dropout=0.1, target="nucleus")
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=2
    )
    network.compile(optimizer=scaled, loss="mse", jit_compile=False)
    return network


def test_loss_scale_is_resumed(tmp_path):
    network = scaled_network()
    inputs = [np.zeros((2, 32, 32, 3), np.uint8), np.zeros((2, 32, 32, 2), np.float32)]
    for _ in range(2):
        network.train_on_batch(inputs, np.zeros((2, 32, 32, 2), np.float32))
    assert float(network.optimizer.dynamic_scale) == 128.0  # doubled after two good steps
    save_state(tmp_path, network, Progress([{}], best_epoch=0, best_loss=1.0))
    other = scaled_network()
    load_state(tmp_path, other)
    for one, two in zip(network.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one, two)
    assert float(other.optimizer.dynamic_scale) == 128.0
