"""Mask R-CNN as a Keras model that computes its own five losses."""

from typing import Any, TypeAlias

import keras
from keras import KerasTensor, ops

from nucleibench.compute.devices import share_of_loss
from nucleibench.families.mask_rcnn.assignment import Seed, assign_anchors, assign_regions
from nucleibench.families.mask_rcnn.losses import head_losses, proposal_losses
from nucleibench.families.mask_rcnn.network import Features, MaskRCNN
from nucleibench.families.mask_rcnn.settings import Sampling

Tensor: TypeAlias = KerasTensor

LOSSES = ("rpn_class_loss", "rpn_box_loss", "class_loss", "box_loss", "mask_loss")
# Validation draws the same samples each time, so that its losses differ by the weights alone.
VALIDATION_SEED = 0


class TrainingMaskRCNN(keras.Model):
    """Trains a :class:`MaskRCNN` on images, annotated boxes and instance labels.

    Inputs are RGB uint8 images (batch, size, size, 3). The annotations are a dictionary: ``boxes``
    float32 (batch, max_nuclei, 4), padded with zeros, and ``labels`` int32 (batch, size, size),
    where row i of ``boxes`` belongs to label i + 1. The five losses are metrics of the same names.
    """

    def __init__(self, network: MaskRCNN, sampling: Sampling, seed: int) -> None:
        super().__init__(name="training_mask_rcnn")
        self.network, self.sampling = network, sampling
        self.draws = keras.random.SeedGenerator(seed)
        self.averages = [keras.metrics.Mean(name=name) for name in LOSSES]
        self.built = True

    def call(self, images: Tensor, training: bool = False) -> Features:
        """Return what depends on the image alone (see :meth:`MaskRCNN.call`)."""
        return self.network(images, training=training)

    def compute_loss(
        self,
        x: Tensor = None,
        y: Any = None,
        y_pred: Any = None,
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
        return share_of_loss(sum(losses))

    def _proposal_losses(self, truth: Tensor, found: Features, seed: Seed) -> tuple[Tensor, Tensor]:
        anchors = ops.convert_to_tensor(self.network.anchors)
        assigned = assign_anchors(anchors, truth, self.sampling.anchors, seed)
        return proposal_losses(found["logits"], found["shifts"], assigned)

    def _head_losses(
        self, y: dict[str, Tensor], found: Features, seed: Seed, training: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        network, pyramid = self.network, found["pyramid"]
        proposals = network.propose(found["logits"], found["shifts"])
        assigned = assign_regions(proposals, y["boxes"], y["labels"], self.sampling, seed)
        logits, shifts = network.classify(pyramid, assigned.regions, training=training)
        likely = assigned.regions[:, : self.sampling.positives]
        masks = network.outline(pyramid, likely, training=training)
        return head_losses(logits, shifts, masks, assigned)

    def save_weights(self, *args: Any, **kwargs: Any) -> None:
        """Save the weights of the network, the only ones worth keeping."""
        self.network.save_weights(*args, **kwargs)

    def load_weights(self, *args: Any, **kwargs: Any) -> None:
        """Load what :meth:`save_weights` saved."""
        self.network.load_weights(*args, **kwargs)
