"""The weights of Keras in a network's ONNX form."""

from pathlib import Path

import numpy as np

from nucleibench.errors import DataError

FOLDER = "weights"  # what the names of stored weights begin with


def name_weight(place: int, path: str) -> str:
    """Return the name under which a weight is stored, by its place among all and its path."""
    return f"{FOLDER}/{place}/{path}"


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
    stored = {item.name: item for item in graph.initializer if item.name.startswith(f"{FOLDER}/")}
    if not stored:
        raise DataError(f"{path}: holds no weights that Keras could read; release it again")
    names = sorted(stored, key=lambda name: int(name.split("/")[1]))
    return [onnx.numpy_helper.to_array(stored[name]).astype(np.float32) for name in names]
