"""The weights of Keras in a network's ONNX form.

A kernel is stored in 8 bits: each of its filters as whole numbers from -127 to 127, times a scale.
The score is the same to the third digit, and the file has a byte for each weight. Depthwise kernels
feel the rounding, and are small: they are stored in half precision. Vectors (biases, batch
normalisation) are stored as they are.
"""

from pathlib import Path

import numpy as np

from nucleibench.errors import DataError

FOLDER = "weights"  # what the names of stored weights begin with
SCALES = "scales"
LEVELS = 127


def name_weight(place: int, path: str) -> str:
    """Return the name under which a weight is stored, by its place among all and its path."""
    return f"{FOLDER}/{place}/{path}"


def name_scale(weight: str) -> str:
    """Return the name under which the scales of a stored weight are stored."""
    return SCALES + weight.removeprefix(FOLDER)


def pack_weight(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Return how a weight is stored: the array, and the scale of each filter of a kernel.

    The last axis of a kernel is that of its filters. A depthwise kernel has one there.
    """
    if weight.ndim < 2:
        return weight, None
    if weight.shape[-1] == 1:
        return weight.astype(np.float16), None
    scales = np.abs(weight).max(axis=tuple(range(weight.ndim - 1))) / np.float32(LEVELS)
    scales[scales == 0] = 1
    levels = np.clip(np.rint(weight / scales), -LEVELS, LEVELS)
    return levels.astype(np.int8), scales


def unpack_weight(stored: np.ndarray, scales: np.ndarray | None) -> np.ndarray:
    """Return a weight as its network computes with it, float32."""
    weight = stored.astype(np.float32)
    return weight if scales is None else weight * scales


def read_weights(path: str | Path) -> list[np.ndarray]:
    """Return the weights of a network in ONNX form, float32, in the order of Keras.

    Raises:
        DataError: the file is none, or holds no weights as an export stores them.
    """
    import onnx

    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf and onnx have no common class
        raise DataError(f"{path}: not a network in ONNX form ({error})") from error
    stored = {item.name: onnx.numpy_helper.to_array(item) for item in graph.initializer}
    names = [name for name in stored if name.startswith(f"{FOLDER}/")]
    if not names:
        raise DataError(f"{path}: holds no weights that Keras could read; release it again")
    names.sort(key=lambda name: int(name.split("/")[1]))
    return [unpack_weight(stored[name], stored.get(name_scale(name))) for name in names]
