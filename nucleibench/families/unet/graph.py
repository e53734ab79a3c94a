"""An ONNX graph that is written node by node, with its weights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from nucleibench.families.unet.exported_weights import name_scale, name_weight, pack_weight

if TYPE_CHECKING:
    import keras

OPERATORS = 18  # version of the set of ONNX operators
FORMAT = 8  # version of the file format that has them


class UnknownLayerError(Exception):
    """A layer, or a setting of it, has no exported form."""


class Graph:
    """Nodes and weights, as they are added. A tensor is known by its name."""

    def __init__(self, weights: "Sequence[keras.Variable]") -> None:
        """Store the weights of a network under their names, kernels in a byte each."""
        from keras.ops import convert_to_numpy

        self._nodes: list[onnx.NodeProto] = []
        self._stored: dict[str, onnx.TensorProto] = {}
        self._weights = {
            id(weight): self._store_weight(
                name_weight(place, weight.path), convert_to_numpy(weight)
            )
            for place, weight in enumerate(weights)
        }

    def add(self, operator: str, *given: str, **attributes: Any) -> str:
        """Add a node, and return its output."""
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, given, [output], output, **attributes))
        return output

    def constant(self, values: Any, dtype: Any = np.float32) -> str:
        """Return a tensor that does not change."""
        return self._store(f"constant_{len(self._stored)}", np.asarray(values, dtype))

    def weight(self, variable: "keras.Variable") -> str:
        """Return a weight in single precision, its axes as Keras has them."""
        return self._weights[id(variable)]

    def finish(self, name: str, output: str, channels: int) -> onnx.ModelProto:
        """Return the model from ``image``, RGB uint8, to an output; channels last in both."""
        image = helper.make_tensor_value_info(
            "image", TensorProto.UINT8, ["batch", "height", "width", 3]
        )
        outputs = helper.make_tensor_value_info(
            output, TensorProto.FLOAT, ["batch", "height", "width", channels]
        )
        graph = helper.make_graph(
            self._nodes, name, [image], [outputs], list(self._stored.values())
        )
        operators = [helper.make_opsetid("", OPERATORS)]
        model = helper.make_model(graph, opset_imports=operators, ir_version=FORMAT)
        onnx.checker.check_model(model)
        return model

    def _store(self, name: str, array: np.ndarray) -> str:
        self._stored[name] = numpy_helper.from_array(np.ascontiguousarray(array), name)
        return name

    def _store_weight(self, name: str, weight: np.ndarray) -> str:
        stored, scales = pack_weight(weight)
        self._store(name, stored)
        if stored.dtype == np.float32:
            return name
        exact = self.add("Cast", name, to=TensorProto.FLOAT)
        return (
            exact
            if scales is None
            else self.add("Mul", exact, self._store(name_scale(name), scales))
        )
