"""Train a tiny network on drawn tiles on one or several devices, in a process of its own.

Usage: python devices_run.py BACKEND DEVICES TILES OUTPUT [BATCH_SIZE]
"""

import os
import sys
from functools import partial
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import TrainingJob
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingSettings


def split_processor(devices: int) -> None:
    """Let the one processor pass for several devices on TensorFlow; a flag does so on JAX."""
    import tensorflow as tf

    parts = [tf.config.LogicalDeviceConfiguration()] * devices
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)


def main(backend: str, devices: str, tiles: str, output: str, batch_size: str = "6"):
    os.environ["XLA_FLAGS"] = f"--xla_force_host_platform_device_count={devices}"
    settings = TrainingSettings(
        backend=backend,
        batch_size=int(batch_size),
        learning_rate=1e-3,
        batch_norm_momentum=0.9,
        max_epochs=2,
        patience=100,
        min_change=0,
    )
    configure(settings, threads=1, gpu=0, seed=5)
    if backend == "tensorflow":
        split_processor(int(devices))
    import numpy as np

    from nucleibench.compute.devices import device_count, share_batches
    from nucleibench.families.gb_unet.train import train
    from nucleibench.prepare.store import open_store

    share_batches(int(devices))
    assert device_count() == int(devices)
    folder = Path(output)
    folder.mkdir(exist_ok=True)
    shape = (*open_store(tiles).labels.shape, 2)
    np.save(folder / "maps.npy", np.random.default_rng(0).normal(size=shape).astype(np.float16))
    train(
        TrainingJob(
            name="tiny",
            network=GBUNet(family="gb_unet", stage_one=("a",), filters=(4, 8), dropout=0),
            training=settings,
            seed=5,
            tiles=Path(tiles),
            first_weights=None,
            first_stage=[folder / "maps.npy"],
            code="code",
            states=folder / "states",
            files=ModelFiles(folder / "m.weights.h5", folder / "history.csv", folder / "card.json"),
            tell=partial(print, flush=True),
        )
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
