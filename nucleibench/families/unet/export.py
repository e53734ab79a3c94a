"""What of a trained network is given away: a file of small weights, that runs without Keras.

The ONNX form is written layer by layer, with channels first and the operators that ONNX Runtime
joins and lays out for a processor. It keeps each weight under its place and name in the network. A
kernel takes a byte for each weight (exported_weights.py), all is computed in single precision, and
batch normalisation is folded when the form is loaded. So Keras can read its weights from the file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path

if TYPE_CHECKING:
    import keras
    import onnx

    from nucleibench.families.unet.graph import Graph

# Axes that put channels first, and last again.
FIRST, LAST = (0, 3, 1, 2), (0, 2, 3, 1)


def export_network(settings: UNet, weights: str | Path, output: str | Path) -> None:
    """Write a trained network as ONNX: RGB uint8 (batch, height, width, 3) -> outputs float32.

    The outputs differ by 0.000003 from those of Keras with the weights that the file holds.

    Raises:
        UnknownLayerError: a layer has no exported form.
    """
    import onnx

    from nucleibench.families.unet.network import load_network

    model = write_graph(load_network(settings, weights))
    with atomic_path(output) as temporary:
        onnx.save(model, temporary)


def write_graph(network: "keras.Model") -> "onnx.ModelProto":
    """Return the ONNX form of a network that takes one image and has one output.

    Raises:
        UnknownLayerError: a layer has no exported form.
    """
    from nucleibench.families.unet.graph import Graph

    graph = Graph(network.weights)
    (result,) = _follow(graph, network, [graph.add("Transpose", "image", perm=FIRST)])
    result = graph.add("Transpose", result, perm=LAST)
    return graph.finish(network.name, result, network.output.shape[-1])


def _follow(graph: "Graph", model: "keras.Model", given: Sequence[str]) -> list[str]:
    """Add the layers of a model to a graph; return the names of its outputs."""
    import keras

    from nucleibench.families.unet.operators import add_layer

    known = {id(tensor): name for tensor, name in zip(model.inputs, given, strict=True)}
    for layer, inputs, outputs in _list_calls(model):
        names = [known[id(tensor)] for tensor in inputs]
        inside = isinstance(layer, keras.Model)
        results = _follow(graph, layer, names) if inside else [add_layer(graph, layer, names)]
        known.update(zip(map(id, outputs), results, strict=True))
    return [known[id(tensor)] for tensor in model.outputs]


def _list_calls(model: "keras.Model") -> Iterator[tuple[Any, list[Any], list[Any]]]:
    """Yield each layer of a model with the tensors that it takes and gives, in order.

    Raises:
        UnknownLayerError: a layer is called as in training, whatever the model is used for.
    """
    from nucleibench.families.unet.graph import UnknownLayerError

    known = {id(tensor) for tensor in model.inputs}
    for layer in model.operations:
        # A layer may belong to other models too, with other inputs.
        for node in layer._inbound_nodes:
            if not node.is_input and all(id(tensor) in known for tensor in node.input_tensors):
                if node.arguments.kwargs.get("training"):
                    raise UnknownLayerError(f"layer {layer.name} is called with training=True")
                known.update(map(id, node.outputs))
                yield layer, node.input_tensors, node.outputs


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
