"""The paper's loss: weighted cross-entropy plus one minus soft Dice (Lagree et al. 2021, Eq. 1-3).

Targets are float32 (batch, height, width, 2 + maps): the class of each pixel, its weight, and the
maps, where a network learns some beside the classes. Predictions are class probabilities and maps
(batch, height, width, classes + maps).
"""

from collections.abc import Callable
from typing import TypeAlias

from keras import KerasTensor, ops

from nucleibench.compute.devices import share_of_loss, sum_over_devices

Tensor: TypeAlias = KerasTensor


def weighted_cross_entropy(target: Tensor, probabilities: Tensor) -> Tensor:
    """Eq. 2, as the mean over pixels instead of the sum, so that it does not grow with the tile."""
    chosen = ops.sum(_one_hot(target, probabilities) * probabilities, axis=-1)
    epsilon = 1e-7  # log(0) is not a number
    return -ops.mean(target[..., 1] * ops.log(ops.maximum(chosen, epsilon)))


def soft_dice(target: Tensor, probabilities: Tensor) -> Tensor:
    """Eq. 3 with squared terms in the denominator, over the foreground classes and the batch."""
    truth = _one_hot(target, probabilities)[..., 1:]
    found = probabilities[..., 1:]
    overlap = sum_over_devices(ops.sum(truth * found))
    sizes = sum_over_devices(ops.sum(found * found) + ops.sum(truth * truth))
    # With no nucleus in truth and prediction alike the ratio is 1: nothing was missed.
    return (2 * overlap + 1) / (sizes + 1)


def combined_loss(target: Tensor, probabilities: Tensor) -> Tensor:
    """Eq. 1."""
    loss = weighted_cross_entropy(target, probabilities) + 1 - soft_dice(target, probabilities)
    return share_of_loss(loss)


def map_error(target: Tensor, maps: Tensor) -> Tensor:
    """Return the mean squared error of maps, and inside nuclei that of their slopes.

    The slopes are what tells touching nuclei apart (Graham et al. 2019, Eq. 2 and 3, with
    differences between neighbours in place of their wider filter).
    """
    error, inside = maps - target[..., 2:], ops.cast(target[..., :1] > 0, maps.dtype)
    slopes = (
        ops.mean(ops.square(error[:, 1:] - error[:, :-1]) * inside[:, 1:])
        + ops.mean(ops.square(error[:, :, 1:] - error[:, :, :-1]) * inside[:, :, 1:])
    )  # fmt: skip
    return ops.mean(ops.square(error)) + slopes


def loss_of(classes: int, maps: int) -> Callable[[Tensor, Tensor], Tensor]:
    """Return the loss of a network with so many classes and maps."""

    def loss(target: Tensor, outputs: Tensor) -> Tensor:
        error = map_error(target, outputs[..., classes:])
        return combined_loss(target, outputs[..., :classes]) + share_of_loss(error)

    return loss if maps else combined_loss


def _one_hot(target: Tensor, probabilities: Tensor) -> Tensor:
    classes = ops.cast(target[..., 0], "int32")
    return ops.one_hot(classes, probabilities.shape[-1], dtype=probabilities.dtype)
