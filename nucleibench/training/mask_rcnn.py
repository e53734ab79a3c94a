"""Train Mask R-CNN from a store of tiles, and write all that others need of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras

from nucleibench.models.mask_rcnn.network import MaskRCNN
from nucleibench.prepare.store import TileStore
from nucleibench.training.execution import EXECUTIONS
from nucleibench.training.fit import Report, convergence_of, train
from nucleibench.training.mask_rcnn_batches import InstanceBatches
from nucleibench.training.mask_rcnn_model import TrainingMaskRCNN
from nucleibench.training.mask_rcnn_targets import Sampling
from nucleibench.training.model_files import ModelFiles, write_model_files
from nucleibench.training.runtime import package_versions
from nucleibench.training.state import best_weights, run_folder

Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Descent:
    """Gradient descent with momentum, as the paper trains Mask R-CNN."""

    drop_epochs: Sequence[int]  # epochs after which the learning rate falls to a tenth
    momentum: float
    weight_decay: float
    clip_norm: float  # bound on the norm of all gradients together
    flips: bool  # turn and mirror training tiles at random


def train_mask_rcnn(
    network: MaskRCNN,
    store: TileStore,
    sampling: Sampling,
    descent: Descent,
    settings: Settings,
    seed: int,
    identity: Settings,
    states: Path,
    files: ModelFiles,
    report: Report,
) -> None:
    """Train ``network`` until convergence and write its files.

    Args:
        network: with random weights, or those of
            :func:`nucleibench.models.mask_rcnn.checkpoint.load_coco_weights`.
        store: tiles; their weight maps are not used.
        sampling: how much of a tile is trained on.
        descent: how the weights are updated.
        settings: the configuration's ``training`` section for this method.
        seed: of the order of the tiles, their flips, and the samples drawn in training.
        identity: what else decides the result (method, code); with the tiles' digests and package
            versions it names the run, and only the same run is ever resumed.
        states: folder of training states.
        files: where to write.
        report: told one line per epoch.
    """
    training, validation = (
        InstanceBatches(
            store, split, settings["batch_size"], sampling.max_nuclei, descent.flips, seed
        )
        for split in ("train", "validation")
    )
    model = TrainingMaskRCNN(network, sampling, seed)
    model.compile(
        optimizer=build_optimizer(descent, settings["learning_rate"], len(training)),
        **EXECUTIONS[settings["execution"]](),
    )
    facts = {
        **identity,
        "training": dict(settings),
        "sampling": asdict(sampling),
        "descent": asdict(descent),
        "seed": seed,
        "tiles": store.digests,
        "packages": package_versions(),
    }
    folder = run_folder(states, facts)
    progress = train(model, training, validation, convergence_of(settings), folder, report)
    write_model_files(files, best_weights(folder, progress), progress, facts, network)


def build_optimizer(
    descent: Descent, learning_rate: float, steps: int
) -> keras.optimizers.Optimizer:
    """Return gradient descent with momentum, gradient clipping and weight decay.

    ``steps`` is the number of batches in an epoch. Keras subtracts the decay from the weights
    directly, while a penalty in the loss, which the paper's "weight regularizer" is, gathers
    momentum: in the long run 1 / (1 - momentum) times as much. Biases and batch normalisation do
    not decay.
    """
    rates = [learning_rate / 10**drops for drops in range(len(descent.drop_epochs) + 1)]
    drops = [epoch * steps for epoch in descent.drop_epochs]
    optimizer = keras.optimizers.SGD(
        keras.optimizers.schedules.PiecewiseConstantDecay(drops, rates) if drops else rates[0],
        momentum=descent.momentum,
        weight_decay=descent.weight_decay / (1 - descent.momentum),
        global_clipnorm=descent.clip_norm,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
