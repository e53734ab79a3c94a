"""Train a network of the U-Net kind from a store of tiles, and write all that others need of it."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from nucleibench.files import atomic_path, write_json
from nucleibench.models.unet import CLASSES, logits_of
from nucleibench.prepare.store import TileStore
from nucleibench.training.batches import SemanticBatches
from nucleibench.training.fit import Convergence, Report, train
from nucleibench.training.losses import combined_loss
from nucleibench.training.runtime import package_versions
from nucleibench.training.state import Progress, best_weights, run_folder

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class ModelFiles:
    """What a training leaves behind."""

    weights: Path
    history: Path
    card: Path


def train_semantic(
    network: keras.Model,
    store: TileStore,
    stage_one: Sequence[np.ndarray],
    settings: Settings,
    seed: int,
    identity: Settings,
    states: Path,
    files: ModelFiles,
    report: Report,
) -> None:
    """Train ``network`` until convergence and write its files.

    Args:
        network: from uint8 tiles (and stage-one maps) to class probabilities.
        store: augmented tiles.
        stage_one: first-stage maps of all tiles, one array (tiles, size, size, 2) a network.
        settings: the configuration's ``training`` section for this method.
        seed: of the order of the tiles.
        identity: what else decides the result (method, code); with the tiles' digests and package
            versions it names the run, and only the same run is ever resumed.
        states: folder of training states.
        files: where to write.
        report: told one line per epoch.
    """
    compile_network(network, settings)
    training, validation = (
        SemanticBatches(store, split, settings["batch_size"], seed, stage_one)
        for split in ("train", "validation")
    )
    facts = {
        **identity,
        "training": dict(settings),
        "seed": seed,
        "tiles": store.digests,
        "packages": package_versions(),
    }
    folder = run_folder(states, facts)
    progress = train(network, training, validation, convergence_of(settings), folder, report)
    write_model_files(files, best_weights(folder, progress), progress, facts, network)


def compile_network(network: keras.Model, settings: Settings) -> None:
    """Compile with the paper's loss and Adam, and set the pace of batch normalisation."""
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = settings["batch_norm_momentum"]
    network.compile(
        optimizer=keras.optimizers.Adam(settings["learning_rate"]),
        loss=combined_loss,
        **EXECUTIONS[settings["execution"]](),
    )


def convergence_of(settings: Settings) -> Convergence:
    """Return the stopping rule in a ``training`` section."""
    return Convergence(settings["max_epochs"], settings["patience"], settings["min_change"])


# How Keras runs a step. Without "jit" JAX would run operation by operation, which nobody wants.
EXECUTIONS: dict[str, Callable[[], dict[str, bool]]] = {
    "graph": lambda: {"jit_compile": keras.backend.backend() == "jax"},
    "eager": lambda: {"run_eagerly": True, "jit_compile": False},
    "jit": lambda: {"jit_compile": True},
}


def write_model_files(
    files: ModelFiles, weights: Path, progress: Progress, facts: Settings, network: keras.Model
) -> None:
    """Write best weights, history and model card of a finished training."""
    with atomic_path(files.history) as temporary:
        pd.DataFrame(progress.history).to_csv(temporary, index=False)
    seconds = [row["seconds"] for row in progress.history]
    card = {
        "network": network.name,
        "weights": network.count_params(),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch + 1,
        "best_validation_loss": progress.best_loss,
        "seconds_per_epoch": float(np.median(seconds)),
        "backend": keras.backend.backend(),
        **facts,
    }
    write_json(files.card, card)
    with atomic_path(files.weights) as temporary:
        shutil.copyfile(weights, temporary)


def write_stage_one_maps(
    network: keras.Model, store: TileStore, batch_size: int, output: Path
) -> None:
    """Write a first-stage network's maps of all tiles, (tiles, size, size, 2) float16.

    They are made once, so that training the second stage never runs the first. Half precision
    keeps logits to three digits, far below their spread between epochs.
    """
    maps = logits_of(network)
    shape = (len(store.images), store.size, store.size, CLASSES)
    with atomic_path(output) as temporary:
        array = np.lib.format.open_memmap(temporary, "w+", np.float16, shape)
        for start in range(0, len(store.images), batch_size):
            rows = slice(start, start + batch_size)
            array[rows] = keras.ops.convert_to_numpy(maps(store.images[rows], training=False))
        array.flush()
