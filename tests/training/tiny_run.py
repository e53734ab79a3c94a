"""Train a tiny second-stage network on drawn tiles, in a process of its own.

Usage: python tiny_run.py BACKEND TILES OUTPUT MAX_EPOCHS [INITIAL_WEIGHTS [PRECISION]]
"""

import sys
from pathlib import Path

from nucleibench.training.runtime import configure

SETTINGS = dict(
    backend="tensorflow",
    precision="float32",
    execution="graph",
    batch_size=4,
    schedule="constant",
    learning_rate=0.01,
    batch_norm_momentum=0.9,
    patience=100,
    min_change=0.0,
)


def main(
    backend: str,
    tiles: str,
    output: str,
    max_epochs: str,
    initial: str | None = None,
    precision: str = "float32",
):
    settings = {**SETTINGS, "backend": backend, "precision": precision}
    settings["max_epochs"] = int(max_epochs)
    if initial:
        # Small steps: rounding differs between backends, and large steps make it grow.
        settings["learning_rate"] = 1e-4
    configure(settings, threads=1, gpu=0, seed=5)
    import numpy as np

    from nucleibench.models.unet import build_gb_unet
    from nucleibench.prepare.store import open_store
    from nucleibench.training.semantic import ModelFiles, train_semantic

    folder = Path(output)
    network = build_gb_unet(2, (4, 8), dropout=0.0 if initial else 0.3, target="nucleus")
    if initial and Path(initial).exists():
        network.load_weights(initial)
    elif initial:
        network.save_weights(initial)
    store = open_store(tiles)
    maps = np.random.default_rng(0).normal(size=(*store.labels.shape, 2)).astype(np.float16)
    train_semantic(
        network,
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
