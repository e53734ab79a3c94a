"""Mask R-CNN as a Keras model that computes its own five losses."""

from pathlib import Path
from typing import Any

import keras
from keras import KerasTensor, ops

from nucleibench.models.mask_rcnn.checkpoint import load_coco_weights
from nucleibench.models.mask_rcnn.network import MaskRCNN
from nucleibench.models.mask_rcnn.settings import MaskRCNNSettings
from nucleibench.training.mask_rcnn_losses import head_losses, proposal_losses
from nucleibench.training.mask_rcnn_targets import Seed, assign_anchors, assign_regions

Tensor = KerasTensor

LOSSES = ("rpn_class_loss", "rpn_box_loss", "class_loss", "box_loss", "mask_loss")
# Validation draws the same samples each time, so that its losses differ by the weights alone.
VALIDATION_SEED = 0


class TrainingMaskRCNN(keras.Model):
    """Trains a :class:`MaskRCNN` on images, annotated boxes and instance labels.

    Inputs are RGB uint8 images (batch, size, size, 3). Targets are a dictionary: ``boxes`` float32
    (batch, max_nuclei, 4), padded with zeros, and ``labels`` int32 (batch, size, size), where row
    i of ``boxes`` belongs to label i + 1. The five losses are metrics of the same names.
    """

    def __init__(self, network: MaskRCNN, seed: int) -> None:
        super().__init__(name="training_mask_rcnn")
        self.network = network
        self.draws = keras.random.SeedGenerator(seed)
        self.averages = [keras.metrics.Mean(name=name) for name in LOSSES]
        self.built = True

    def call(self, images: Tensor, training: bool = False) -> dict[str, Any]:
        """Return what depends on the image alone (see :meth:`MaskRCNN.call`)."""
        return self.network(images, training=training)

    def compute_loss(
        self,
        x: Tensor = None,
        y: dict[str, Tensor] | None = None,
        y_pred: dict[str, Any] | None = None,
        sample_weight: None = None,
        training: bool = True,
    ) -> Tensor:
        """Return the sum of the five losses of a batch (He et al. 2017, section 3)."""
        seed = self.draws if training else VALIDATION_SEED
        losses = [
            *self._proposal_losses(y["boxes"], y_pred, seed),
            *self._head_losses(y, y_pred, seed, training),
        ]
        for average, loss in zip(self.averages, losses, strict=True):
            average.update_state(loss, sample_weight=ops.shape(x)[0])
        return sum(losses)

    def _proposal_losses(
        self, truth: Tensor, found: dict[str, Any], seed: Seed
    ) -> tuple[Tensor, Tensor]:
        anchors = ops.convert_to_tensor(self.network.anchors)
        count = self.network.settings.anchor_samples
        targets = assign_anchors(anchors, truth, count, seed)
        return proposal_losses(found["logits"], found["shifts"], targets)

    def _head_losses(
        self,
        y: dict[str, Tensor],
        found: dict[str, Any],
        seed: Seed,
        training: bool,
    ) -> tuple[Tensor, Tensor, Tensor]:
        settings, network = self.network.settings, self.network
        proposals = network.propose(found["logits"], found["shifts"])
        targets = assign_regions(
            proposals,
            y["boxes"],
            y["labels"],
            settings.region_samples,
            settings.positive_samples,
            seed,
        )
        pyramid = found["pyramid"]
        logits, shifts = network.classify(pyramid, targets.regions, training=training)
        likely = targets.regions[:, : settings.positive_samples]
        masks = network.outline(pyramid, likely, training=training)
        return head_losses(logits, shifts, masks, targets)


def build_training_model(
    settings: MaskRCNNSettings, tile_size: int, seed: int, coco_weights: str | Path | None
) -> TrainingMaskRCNN:
    """Build and compile the model that the training loop takes.

    Args:
        settings: size of the network and its optimisation.
        tile_size: pixels, a multiple of 64.
        seed: of the initial weights and of the samples drawn in training.
        coco_weights: path of ``mask_rcnn_coco.h5``, or None to start from random weights.
    """
    keras.utils.set_random_seed(seed)
    network = MaskRCNN(settings, tile_size)
    if coco_weights is not None:
        load_coco_weights(network, coco_weights)
    model = TrainingMaskRCNN(network, seed)
    model.compile(optimizer=build_optimizer(settings))
    return model


def build_optimizer(settings: MaskRCNNSettings) -> keras.optimizers.Optimizer:
    """Return gradient descent with momentum, gradient clipping and weight decay.

    Keras subtracts the decay from the weights directly, while a penalty in the loss, which the
    paper's "weight regularizer" is, gathers momentum: in the long run 1 / (1 - momentum) times as
    much. Biases and batch normalisation do not decay.
    """
    optimizer = keras.optimizers.SGD(
        learning_rate=_learning_rate(settings),
        momentum=settings.momentum,
        weight_decay=settings.weight_decay / (1 - settings.momentum),
        global_clipnorm=settings.clip_norm,
    )
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def _learning_rate(
    settings: MaskRCNNSettings,
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    rates = [settings.learning_rate / 10**drop for drop in range(len(settings.drop_steps) + 1)]
    if len(rates) == 1:
        return rates[0]
    return keras.optimizers.schedules.PiecewiseConstantDecay(list(settings.drop_steps), rates)


def load_network(settings: MaskRCNNSettings, tile_size: int, weights: str | Path) -> MaskRCNN:
    """Return a trained network, from the weights that :class:`TrainingMaskRCNN` saved.

    ``tile_size`` need not be that of the training.
    """
    model = TrainingMaskRCNN(MaskRCNN(settings, tile_size), seed=0)
    model.load_weights(weights)
    return model.network
