"""Train Mask R-CNN from a store of tiles."""

from typing import Any

import keras

from nucleibench.compute.execution import EXECUTIONS
from nucleibench.compute.runtime import package_versions
from nucleibench.families.interface import TrainingJob
from nucleibench.families.mask_rcnn.batches import InstanceBatches
from nucleibench.families.mask_rcnn.checkpoint import load_coco_weights
from nucleibench.families.mask_rcnn.network import MaskRCNN
from nucleibench.families.mask_rcnn.settings import Descent, MaskRCNNNetwork
from nucleibench.families.mask_rcnn.training_model import TrainingMaskRCNN
from nucleibench.files import file_digest
from nucleibench.prepare.store import TileStore, open_store
from nucleibench.training.finish import write_model_files
from nucleibench.training.fit import convergence_of, train_until_converged
from nucleibench.training.state import best_weights, run_folder

NETWORK = MaskRCNNNetwork


def train(job: TrainingJob) -> None:
    """Train a Mask R-CNN until convergence and write its files.

    Only the same run is ever resumed: its name is a hash of :func:`_facts`. The weight maps of the
    tiles are not used.
    """
    store = open_store(job.tiles)
    network = _build_network(job, store.size)
    training, validation = (_make_batches(job, store, split) for split in ("train", "validation"))
    model = _compile_model(network, job, len(training))
    facts = _facts(job, store)
    folder = run_folder(job.states, facts)
    progress = train_until_converged(
        model, training, validation, convergence_of(job.training), folder, job.tell
    )
    write_model_files(job.files, best_weights(folder, progress), progress, facts, network)


def _build_network(job: TrainingJob, tile_size: int) -> MaskRCNN:
    network = MaskRCNN(job.network.size, tile_size)
    if job.first_weights:
        load_coco_weights(network, job.first_weights)
    return network


def _make_batches(job: TrainingJob, store: TileStore, split: str) -> InstanceBatches:
    max_nuclei, rotate_flip = job.network.sampling.max_nuclei, job.network.descent.rotate_flip
    return InstanceBatches(store, split, job.training.batch_size, max_nuclei, rotate_flip, job.seed)


def _compile_model(network: MaskRCNN, job: TrainingJob, steps: int) -> TrainingMaskRCNN:
    model = TrainingMaskRCNN(network, job.network.sampling, job.seed)
    model.compile(
        optimizer=build_optimizer(job.network.descent, job.training.learning_rate, steps),
        **EXECUTIONS[job.training.execution](),
    )
    return model


def _facts(job: TrainingJob, store: TileStore) -> dict[str, Any]:
    """Return all that decides the weights, for the name of the run and for the model card."""
    return {
        "settings": job.network.deciding_weights(),
        "code": job.code,
        "first_weights": job.first_weights and file_digest(job.first_weights),
        "training": job.training.plain(),
        "seed": job.seed,
        "tiles": store.digests,
        "packages": package_versions(),
    }


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
