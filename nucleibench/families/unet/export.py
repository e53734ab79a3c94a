"""What of a trained network is given away: a file of small weights, that runs without Keras.

The ONNX form keeps each weight under its place and name in the network. A kernel takes a byte for
each weight (exported_weights.py), all is computed in single precision, and what runs it folds
batch normalisation into them when it loads it. So Keras can read its weights from the same file.
"""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nucleibench.families.unet.exported_weights import name_scale, name_weight, pack_weight
from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path

if TYPE_CHECKING:
    import keras
    import onnx

OPERATORS = 18  # version of the set of ONNX operators


def can_export() -> bool:
    """Tell whether what writes ONNX is here: tf2onnx, and Keras on TensorFlow."""
    on_tensorflow = os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
    return on_tensorflow and find_spec("tf2onnx") is not None


def export_network(settings: UNet, weights: str | Path, output: str | Path) -> None:
    """Write a trained network as ONNX: RGB uint8 (batch, height, width, 3) -> outputs float32.

    The outputs differ by 0.000002 from those of Keras with the weights that the file holds.
    """
    import onnx

    from nucleibench.families.unet.network import load_network

    network = load_network(settings, weights)
    model = _trace(network)
    _store_weights(model, network.weights)
    with atomic_path(output) as temporary:
        onnx.save(model, temporary)


def _trace(network: "keras.Model") -> "onnx.ModelProto":
    """Return the graph of a network, which takes the image and then each weight as inputs."""
    import tensorflow as tf
    import tf2onnx  # type: ignore[import-untyped]

    places = {id(weight): place for place, weight in enumerate(network.weights)}

    def run(image: Any, *weights: Any) -> Any:
        def find(variable: "keras.Variable") -> Any:
            place = places.get(id(variable))
            return variable.value if place is None else weights[place]

        variables = (network.trainable_variables, network.non_trainable_variables)
        trainable, others = ([find(variable) for variable in kind] for kind in variables)
        return network.stateless_call(trainable, others, image, training=False)[0]

    signature = [tf.TensorSpec(network.input.shape, tf.uint8, name="image")]
    for place, weight in enumerate(network.weights):
        signature.append(tf.TensorSpec(weight.shape, weight.dtype, name=f"weight_{place}"))
    return tf2onnx.convert.from_function(tf.function(run), signature, opset=OPERATORS)[0]


def _store_weights(model: "onnx.ModelProto", weights: Sequence["keras.Variable"]) -> None:
    """Put the weights into a graph whose inputs, behind the first, they are."""
    _, *inputs = model.graph.input
    del model.graph.input[1:]
    for place, (weight, given) in enumerate(zip(weights, inputs, strict=True)):
        _store_weight(model, name_weight(place, weight.path), np.asarray(weight), given.name)


def _store_weight(model: "onnx.ModelProto", name: str, weight: np.ndarray, given: str) -> None:
    from onnx import TensorProto, helper, numpy_helper

    stored, scales = pack_weight(weight)
    model.graph.initializer.append(numpy_helper.from_array(stored, name))
    if scales is None:
        nodes = [helper.make_node("Cast", [name], [given], to=TensorProto.FLOAT)]
    else:
        model.graph.initializer.append(numpy_helper.from_array(scales, name_scale(name)))
        nodes = [
            helper.make_node("Cast", [name], [f"{name}/cast"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}/cast", name_scale(name)], [given]),
        ]
    for node in reversed(nodes):
        model.graph.node.insert(0, node)


def halve(weight: np.ndarray) -> np.ndarray:
    """Return a kernel in half precision, and a vector as it is.

    Vectors (biases, batch normalisation) are small, and the variances among them may be too small
    for half precision.
    """
    return weight.astype(np.float16) if weight.ndim > 1 else weight


def halve_weights(source: str | Path, output: str | Path) -> None:
    """Write a ``.weights.h5`` with its kernels as float16; Keras reads it as any other.

    The optimizer's state, which a training saves with the weights, is left out.
    """
    with (
        atomic_path(output) as temporary,
        h5py.File(source) as whole,
        h5py.File(temporary, "w") as halved,
    ):

        def write(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if name.split("/")[0] == "optimizer":
                return
            if isinstance(item, h5py.Group):
                copy = halved.require_group(name)
            else:
                copy = halved.create_dataset(name, data=halve(item[()]))
            copy.attrs.update(item.attrs)

        whole.visititems(write)
        halved.attrs.update(whole.attrs)
