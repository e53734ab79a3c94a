"""The five losses of Mask R-CNN (Ren et al. 2015, Eq. 1; He et al. 2017, section 3).

Each is a mean over what it concerns in the whole batch, and 0 where there is nothing.
"""

from typing import TypeAlias

from keras import KerasTensor, ops

from nucleibench.families.mask_rcnn.assignment import AnchorAssignment, RegionAssignment
from nucleibench.families.mask_rcnn.boxes import gather

Tensor: TypeAlias = KerasTensor


def proposal_losses(
    logits: Tensor, shifts: Tensor, assigned: AnchorAssignment
) -> tuple[Tensor, Tensor]:
    """Return class and box loss of the region proposal network.

    Logits (batch, anchors, 2) and shifts (batch, anchors, 4) are those of all anchors.
    """
    sample = assigned.sample
    entropy = _cross_entropy(gather(logits, sample.indices), sample.is_positive)
    distance = _smooth_l1(gather(shifts, sample.indices), assigned.shifts)
    return weighted_mean(entropy, sample.weight), weighted_mean(distance, sample.is_positive)


def head_losses(
    logits: Tensor, shifts: Tensor, masks: Tensor, assigned: RegionAssignment
) -> tuple[Tensor, Tensor, Tensor]:
    """Return class, box and mask loss of the heads.

    Class logits (batch, rows, 2) and shifts (batch, rows, 4) are those of all sampled regions,
    mask logits (batch, positives, 28, 28) of the first ones only.
    """
    positives = masks.shape[1]
    is_nucleus = assigned.is_nucleus[:, :positives]
    entropy = _cross_entropy(logits, assigned.is_nucleus)
    distance = _smooth_l1(shifts[:, :positives], assigned.shifts)
    pixels = ops.binary_crossentropy(assigned.masks, masks, from_logits=True)
    return (
        weighted_mean(entropy, assigned.weight),
        weighted_mean(distance, is_nucleus),
        weighted_mean(ops.mean(pixels, axis=(2, 3)), is_nucleus),
    )


def weighted_mean(values: Tensor, weights: Tensor) -> Tensor:
    """Return the mean of the values whose weight is 1 instead of 0; 0 where there is none."""
    return ops.sum(values * weights) / ops.maximum(ops.sum(weights), 1.0)


def _cross_entropy(logits: Tensor, is_nucleus: Tensor) -> Tensor:
    classes = ops.cast(is_nucleus, "int32")
    return ops.sparse_categorical_crossentropy(classes, logits, from_logits=True)


def _smooth_l1(found: Tensor, wanted: Tensor) -> Tensor:
    """Return Girshick's robust distance (2015, Eq. 3), averaged over the four shifts."""
    error = ops.abs(found - wanted)
    return ops.mean(ops.where(error < 1, 0.5 * error**2, error - 0.5), axis=-1)
