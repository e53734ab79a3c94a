"""Train a network of the U-Net kind from a store of tiles, and write all that others need of it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from nucleibench.files import atomic_path
from nucleibench.models.unet import logits_of
from nucleibench.prepare.store import TileStore, create_array
from nucleibench.prepare.targets import TARGETS
from nucleibench.prepare.variation import Variation
from nucleibench.training.batches import SemanticBatches
from nucleibench.training.devices import synchronize
from nucleibench.training.execution import EXECUTIONS, RUNNERS
from nucleibench.training.fit import Report, convergence_of, train
from nucleibench.training.losses import loss_of
from nucleibench.training.model_files import ModelFiles, write_model_files
from nucleibench.training.runtime import package_versions
from nucleibench.training.state import best_weights, run_folder

Settings = Mapping[str, Any]


def _fall_to_zero(settings: Settings, batches: int) -> keras.optimizers.schedules.CosineDecay:
    steps = batches * settings["max_epochs"]
    return keras.optimizers.schedules.CosineDecay(settings["learning_rate"], steps)


# The learning rate as Adam takes it: a number, or a function of the steps taken, which a resumed
# training has in its optimizer's state.
SCHEDULES: dict[str, Callable[[Settings, int], Any]] = {
    "constant": lambda settings, batches: settings["learning_rate"],
    "cosine": _fall_to_zero,
}


def train_semantic(
    network: keras.Model,
    target: str,
    store: TileStore,
    variation: Variation | None,
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
        network: from uint8 tiles (and stage-one maps) to class probabilities and maps.
        target: what it learns, a key of TARGETS.
        store: augmented tiles.
        variation: changes of the training tiles in every epoch, if any.
        stage_one: first-stage maps of all tiles, one array (tiles, size, size, 2) a network.
        settings: the configuration's ``training`` section for this method.
        seed: of the order of the tiles.
        identity: what else decides the result (method, code); with the digests of tiles and maps
            and package versions it names the run, and only the same run is ever resumed.
        states: folder of training states.
        files: where to write.
        report: told one line per epoch.
    """
    training, validation = (
        SemanticBatches(store, split, settings["batch_size"], seed, target, variation, stage_one)
        for split in ("train", "validation")
    )
    compile_network(network, target, settings, len(training))
    facts = {
        **identity,
        "training": dict(settings),
        "seed": seed,
        "tiles": store.digests,
        "stage_one": [hashlib.sha256(maps).hexdigest() for maps in stage_one],
        "packages": package_versions(),
    }
    folder = run_folder(states, facts)
    progress = train(network, training, validation, convergence_of(settings), folder, report)
    write_model_files(files, best_weights(folder, progress), progress, facts, network)


def compile_network(network: keras.Model, target: str, settings: Settings, batches: int) -> None:
    """Compile with Adam and the loss of what is learned; set the pace of batch normalisation.

    ``batches`` is their number in an epoch, from which a schedule knows how long training lasts.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = settings["batch_norm_momentum"]
            synchronize(layer)
    network.compile(
        optimizer=keras.optimizers.Adam(SCHEDULES[settings["schedule"]](settings, batches)),
        loss=loss_of(TARGETS[target].classes, TARGETS[target].maps),
        **EXECUTIONS[settings["execution"]](),
    )


def write_stage_one_maps(
    network: keras.Model, store: TileStore, batch_size: int, execution: str, output: Path
) -> None:
    """Write a first-stage network's maps of all tiles, (tiles, size, size, 2) float16.

    They are made once, so that training the second stage never runs the first. Half precision
    keeps logits to three digits, far below their spread between epochs.
    """
    maps = logits_of(network)
    run = RUNNERS[execution](maps)
    shape = (len(store.images), store.size, store.size, maps.output.shape[-1])
    with atomic_path(output) as temporary:
        array = create_array(temporary, np.float16, shape)
        for start in range(0, len(store.images), batch_size):
            rows = slice(start, start + batch_size)
            array[rows] = keras.ops.convert_to_numpy(run(store.images[rows]))
        array.flush()
