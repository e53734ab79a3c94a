"""Train a tiny network on drawn tiles on one or several devices, in a process of its own.

Usage: python devices_run.py BACKEND DEVICES TILES OUTPUT [BATCH_SIZE]
"""

import os
import sys
from pathlib import Path

from nucleibench.training.runtime import configure

SETTINGS = dict(
    precision="float32",
    execution="graph",
    schedule="constant",
    learning_rate=1e-3,
    batch_norm_momentum=0.9,
    max_epochs=2,
    patience=100,
    min_change=0.0,
)


def split_processor(devices: int) -> None:
    """Let the one processor pass for several devices on TensorFlow; a flag does so on JAX."""
    import tensorflow as tf

    parts = [tf.config.LogicalDeviceConfiguration()] * devices
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)


def main(backend: str, devices: str, tiles: str, output: str, batch_size: str = "6"):
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    settings = {**SETTINGS, "backend": backend, "batch_size": int(batch_size)}
    configure(settings, threads=1, gpu=0, seed=5)
    if backend == "tensorflow":
        split_processor(int(devices))
    import numpy as np

    from nucleibench.models.unet import build_gb_unet
    from nucleibench.prepare.store import open_store
    from nucleibench.training.devices import device_count, share_batches
    from nucleibench.training.semantic import ModelFiles, train_semantic

    share_batches(int(devices))
    assert device_count() == int(devices)
    folder, store = Path(output), open_store(tiles)
    maps = np.random.default_rng(0).normal(size=(*store.labels.shape, 2)).astype(np.float16)
    train_semantic(
        build_gb_unet(2, (4, 8), dropout=0.0, target="nucleus"),
        "nucleus",
        store,
        None,
        [maps],
        settings,
        seed=5,
        identity={},
        states=folder / "states",
        files=ModelFiles(folder / "m.weights.h5", folder / "history.csv", folder / "card.json"),
        report=lambda line: print(line, flush=True),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
