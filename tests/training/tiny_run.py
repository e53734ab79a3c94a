"""Train a tiny second-stage network on drawn tiles, in a process of its own.

Usage: python tiny_run.py BACKEND TILES OUTPUT MAX_EPOCHS [INITIAL_WEIGHTS [PRECISION]]
"""

import sys
from functools import partial
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import TrainingJob
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingSettings


def main(
    backend: str,
    tiles: str,
    output: str,
    max_epochs: str,
    initial: str | None = None,
    precision: str = "float32",
):
    settings = TrainingSettings(
        backend=backend,
        precision=precision,
        # From given weights small steps: rounding differs between backends, and large steps make
        # it grow.
        learning_rate=1e-4 if initial else 0.01,
        batch_norm_momentum=0.9,
        max_epochs=int(max_epochs),
        patience=100,
        min_change=0,
    )
    configure(settings, threads=1, gpu=0, seed=5)
    import numpy as np

    from nucleibench.families.gb_unet.network import build_network
    from nucleibench.families.unet.train import train_semantic
    from nucleibench.prepare.store import open_store

    folder = Path(output)
    job = TrainingJob(
        name="tiny",
        network=GBUNet(
            family="gb_unet", stage_one=("a",), filters=(4, 8), dropout=0 if initial else 0.3
        ),
        training=settings,
        seed=5,
        tiles=Path(tiles),
        first_weights=None,
        first_stage=(),
        code="code",
        states=folder / "states",
        files=ModelFiles(folder / "m.weights.h5", folder / "history.csv", folder / "card.json"),
        tell=partial(print, flush=True),
    )
    network = build_network(job.network)
    if initial and Path(initial).exists():
        network.load_weights(initial)
    elif initial:
        network.save_weights(initial)
    shape = (*open_store(tiles).labels.shape, 2)
    maps = np.random.default_rng(0).normal(size=shape).astype(np.float16)
    train_semantic(network, job, "nucleus", None, [maps])


if __name__ == "__main__":
    main(*sys.argv[1:])
