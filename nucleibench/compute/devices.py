"""Several accelerators of one machine: each computes its part of every batch.

The weights are on all of them. What depends on a whole batch (batch normalisation, soft Dice) is
taken over all parts, so that a training is the same on any number of devices, up to rounding.
"""

from typing import Any

import keras

from nucleibench.errors import ConfigurationError


def share_batches(count: int) -> None:
    """Compute every batch on ``count`` accelerators (without any: processors) from now on.

    Networks built before stay where they are. With fewer devices than asked for, all are used.
    """
    _SHARING[keras.backend.backend()](count)


def _share_on_jax(count: int) -> None:
    devices = keras.distribution.list_devices()[:count]
    if len(devices) > 1:
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices))


def _share_on_tensorflow(count: int) -> None:
    import tensorflow as tf

    found = tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")
    devices = [device.name for device in found[:count]]
    if len(devices) > 1:
        tf.distribute.experimental_set_strategy(tf.distribute.MirroredStrategy(devices))


_SHARING = {"jax": _share_on_jax, "tensorflow": _share_on_tensorflow}


def accelerator_count() -> int:
    """Return how many accelerators the backend can use in this process."""
    try:
        return len(keras.distribution.list_devices("gpu"))
    except RuntimeError:  # JAX says so of none
        return 0


def device_count() -> int:
    """Return the number of devices that share each batch."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.distribute.get_strategy().num_replicas_in_sync
    distribution = keras.distribution.distribution()
    return distribution.num_model_replicas if distribution else 1


def check_batch_size(batch_size: int) -> None:
    """Raise ConfigurationError where a batch has no equal parts for all devices."""
    if batch_size % (count := device_count()):
        raise ConfigurationError(
            f"batches of {batch_size} tiles cannot be shared equally by {count} accelerators; "
            f"make batch_size a multiple of {count}, or use fewer"
        )


def sum_over_devices(value: Any) -> Any:
    """Return a sum over a device's part of the batch as the sum over the batch, differentiably."""
    if not _is_split():
        return value
    import tensorflow as tf

    part = tf.distribute.get_replica_context()
    return part.all_reduce("SUM", value) if part else value


def share_of_loss(loss: Any) -> Any:
    """Return what one device adds to a batch's loss, where the devices' gradients are summed.

    Keras does so for losses per example; one number for the batch it leaves as it is.
    """
    return loss / device_count() if _is_split() else loss


def synchronize(layer: keras.layers.BatchNormalization) -> None:
    """Let batch normalisation take its statistics over the parts of all devices."""
    layer.synchronized = _is_split()


def _is_split() -> bool:
    """Tell whether a step sees a part of the batch only; on JAX it sees all wherever that lies."""
    return keras.backend.backend() == "tensorflow" and device_count() > 1
