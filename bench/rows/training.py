"""Training steps: fed by the pipeline beside one batch in memory; Keras beside PyTorch."""

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

TILE, BATCH, LEARNING_RATE = 256, 4, 1e-4
ENCODER = "resnet50"


def draw_tiles(tiles: int) -> dict[str, np.ndarray]:
    from bench.drawn import draw_field

    image, labels = draw_field()
    corners = np.random.default_rng(0).integers(0, 1000 - TILE, (tiles, 2))
    cut = [(slice(t, t + TILE), slice(left, left + TILE)) for t, left in corners]
    return {
        "images": np.stack([image[place] for place in cut]),
        "labels": np.stack([labels[place] for place in cut]).astype(np.uint16),
    }


def _batches(inputs: Inputs) -> Any:
    """Return the batches of a store of these tiles."""
    import pandas as pd

    from nucleibench.families.unet.batches import SemanticBatches
    from nucleibench.prepare.store import create_arrays, finish_store, open_arrays, open_store

    folder, count = Path(tempfile.mkdtemp()) / "store", len(inputs["images"])
    arrays = open_arrays(create_arrays(folder, count, TILE))
    for name in ("images", "labels"):
        arrays[name][:] = inputs[name]
    arrays["weights"][:] = 1
    sheet = {"image": "drawn", "top": 0, "left": 0, "variant": range(count), "split": "train"}
    finish_store(folder, pd.DataFrame(sheet))
    return SemanticBatches(open_store(folder), "train", BATCH, 0, "nucleus")


def _network(encoder: str) -> Any:
    from nucleibench.families.unet.network import build_unet
    from nucleibench.families.unet.train import compile_network
    from nucleibench.training.settings import TrainingSettings

    network = build_unet(encoder, None, False, "nucleus")
    compile_network(network, "nucleus", TrainingSettings(execution="graph"), 1)
    return network


def from_pipeline(inputs: Inputs) -> Work:
    from nucleibench.training.batches import EpochSequence

    batches, network = _batches(inputs), _network("compact")

    def work():
        network.fit(EpochSequence(batches, 1), shuffle=False, verbose=0)
        return {}

    work()  # compiles
    return work


def from_memory(inputs: Inputs) -> Work:
    import keras

    batches, network = _batches(inputs), _network("compact")
    batch = [keras.ops.convert_to_tensor(array) for array in batches.batch(0, 0)]
    network.train_on_batch(*batch)  # compiles

    def work():
        for _ in range(len(batches)):
            network.train_on_batch(*batch)
        return {}

    return work


def keras_steps(inputs: Inputs, backend: str) -> Work:
    os.environ["KERAS_BACKEND"] = backend
    batches, network = _batches(inputs), _network(ENCODER)
    batch = batches.batch(0, 0)

    def work():
        for _ in range(len(batches)):
            network.train_on_batch(*batch)
        return {}

    return work


def pytorch_steps(inputs: Inputs) -> Work:
    import segmentation_models_pytorch as smp
    import torch

    network = smp.Unet(ENCODER, encoder_weights=None, classes=2).train()
    optimizer = torch.optim.Adam(network.parameters(), LEARNING_RATE)
    images = torch.from_numpy(inputs["images"][:BATCH].transpose(0, 3, 1, 2).copy()).float() / 255
    masks = torch.from_numpy((inputs["labels"][:BATCH] > 0).astype(np.int64))

    def work():
        for _ in range(len(inputs["images"]) // BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(images), masks).backward()
            optimizer.step()
        return {}

    return work


COMPARISONS = [
    Comparison(
        "Training the compact network from the pipeline",
        draw_tiles,
        Candidate("from the pipeline", from_pipeline),
        (Candidate("one batch in memory", from_memory, differs="the same batch again"),),
        sizes=(40,),
        quick=(40,),
        unit="tiles of 256 px",
        dimension=1,
        aim=0.95,
        rate=float,
        rate_unit="tiles",
    ),
    Comparison(
        f"Training a U-Net on {ENCODER}",
        draw_tiles,
        Candidate("Keras on TensorFlow", partial(keras_steps, backend="tensorflow")),
        (
            Candidate("PyTorch (smp)", pytorch_steps, "smp", "decoder of other widths"),
            Candidate("Keras on JAX", partial(keras_steps, backend="jax"), differs="one batch"),
        ),
        sizes=(8,),
        quick=(),
        unit="tiles of 256 px",
        dimension=1,
        aim=1,
        rivals=("PyTorch (smp)",),
        rate=float,
        rate_unit="tiles",
    ),
]
