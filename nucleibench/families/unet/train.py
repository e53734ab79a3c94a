"""Train networks of the U-Net kind from a store of tiles."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import numpy as np

from nucleibench.compute.devices import synchronize
from nucleibench.compute.execution import EXECUTIONS
from nucleibench.compute.runtime import package_versions
from nucleibench.families.interface import TrainingJob
from nucleibench.families.unet.batches import SemanticBatches
from nucleibench.families.unet.losses import loss_of
from nucleibench.families.unet.network import build_network
from nucleibench.families.unet.pretrained import check_encoder_weights
from nucleibench.families.unet.settings import UNet
from nucleibench.prepare.settings import Variation
from nucleibench.prepare.store import open_store
from nucleibench.prepare.targets import TARGETS
from nucleibench.training.finish import write_model_files
from nucleibench.training.fit import convergence_of, train_until_converged
from nucleibench.training.settings import TrainingSettings
from nucleibench.training.state import best_weights, run_folder

NETWORK = UNet


def train(job: TrainingJob) -> None:
    """Train a U-Net until convergence, resuming an interrupted run."""
    settings, weights = job.network, job.first_weights
    if weights:
        check_encoder_weights(settings.encoder, weights)
    job.tell(f"starts from {weights or 'random weights'}")
    train_semantic(build_network(settings, weights), job, settings.target, settings.variation)


def train_semantic(
    network: keras.Model,
    job: TrainingJob,
    target: str,
    variation: Variation | None,
    first_stage: Sequence[np.ndarray] = (),
) -> None:
    """Train ``network`` until convergence and write its files.

    Only the same run is ever resumed: its name is a hash of the settings, the code, the seed, the
    digests of tiles and maps, and the versions of packages.

    Args:
        network: from uint8 tiles (and first-stage maps) to class probabilities and maps.
        job: what to train on and how; see TrainingJob.
        target: what the network learns, a key of TARGETS.
        variation: changes of the training tiles in every epoch, if any.
        first_stage: maps of all tiles, one array (tiles, size, size, 2) a network.
    """
    store, settings = open_store(job.tiles), job.training
    training, validation = (
        SemanticBatches(store, split, settings.batch_size, job.seed, target, variation, first_stage)
        for split in ("train", "validation")
    )
    compile_network(network, target, settings, len(training))
    facts = {
        "settings": job.network.deciding_weights(),
        "code": job.code,
        "training": settings.plain(),
        "seed": job.seed,
        "tiles": store.digests,
        "stage_one": [hashlib.sha256(maps.data).hexdigest() for maps in first_stage],
        "packages": package_versions(),
    }
    folder = run_folder(job.states, facts)
    progress = train_until_converged(
        network, training, validation, convergence_of(settings), folder, job.tell
    )
    write_model_files(job.files, best_weights(folder, progress), progress, facts, network)


def compile_network(
    network: keras.Model, target: str, settings: TrainingSettings, batches: int
) -> None:
    """Compile with Adam and the loss of what is learned; set the pace of batch normalisation.

    ``batches`` is their number in an epoch, from which a schedule knows how long training lasts.
    """
    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = settings.batch_norm_momentum
            synchronize(layer)
    network.compile(
        optimizer=keras.optimizers.Adam(SCHEDULES[settings.schedule](settings, batches)),
        loss=loss_of(TARGETS[target].classes, TARGETS[target].maps),
        **EXECUTIONS[settings.execution](),
    )


def _fall_to_zero(
    settings: TrainingSettings, batches: int
) -> keras.optimizers.schedules.CosineDecay:
    steps = batches * settings.max_epochs
    return keras.optimizers.schedules.CosineDecay(settings.learning_rate, steps)


# The learning rate as Adam takes it: a number, or a function of the steps taken, which a resumed
# training has in its optimizer's state.
SCHEDULES: Mapping[str, Callable[[TrainingSettings, int], Any]] = {
    "constant": lambda settings, batches: settings.learning_rate,
    "cosine": _fall_to_zero,
}
