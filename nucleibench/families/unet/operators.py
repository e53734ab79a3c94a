"""ONNX operators of the layers of U-Nets. Channels come first in all tensors."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import keras
import numpy as np
from keras import layers
from onnx import TensorProto

from nucleibench.families.unet.graph import Graph, UnknownLayerError
from nucleibench.families.unet.preprocessing import PreprocessPixels


def _refuse(layer: keras.Layer) -> UnknownLayerError:
    return UnknownLayerError(f"layer {layer.name} ({type(layer).__name__}) has no exported form")


def add_layer(graph: Graph, layer: keras.Layer, given: Sequence[str]) -> str:
    """Add the operators of a layer to a graph, and return its output.

    Raises:
        UnknownLayerError: they are not known, or channels are not the last axis in Keras.
    """
    write = OPERATORS_OF.get(type(layer))
    if write is None or not _has_channels_last(layer):
        raise _refuse(layer)
    return write(graph, layer, *given)


def _has_channels_last(layer: keras.Layer) -> bool:
    """Tell whether a layer takes the last axis for that of the channels, as far as it has one."""
    order, axis = getattr(layer, "data_format", "channels_last"), getattr(layer, "axis", -1)
    return order == "channels_last" and axis in (-1, 3)


def _prepare(graph: Graph, layer: PreprocessPixels, image: str) -> str:
    pixels = graph.add("Cast", image, to=TensorProto.FLOAT)
    if layer.reverse:
        pixels = graph.add("Gather", pixels, graph.constant([2, 1, 0], np.int64), axis=1)
    for operator, values in (("Mul", layer.scale), ("Add", layer.offset)):
        by_channel = np.reshape(values, (-1, 1, 1))
        # A single number is faster than one for each channel.
        same = by_channel[:1] if np.ptp(by_channel) == 0 else by_channel
        pixels = graph.add(operator, pixels, graph.constant(same))
    return pixels


def _convolve(graph: Graph, layer: layers.Conv2D, given: str) -> str:
    kernel = graph.add("Transpose", graph.weight(layer.kernel), perm=(3, 2, 0, 1))
    return _add_convolution(graph, layer, given, kernel, layer.groups)


def _convolve_channels(graph: Graph, layer: layers.DepthwiseConv2D, given: str) -> str:
    if layer.depth_multiplier != 1:
        raise _refuse(layer)
    kernel = graph.add("Transpose", graph.weight(layer.kernel), perm=(2, 3, 0, 1))
    return _add_convolution(graph, layer, given, kernel, layer.kernel.shape[2])


def _add_convolution(graph: Graph, layer: Any, given: str, kernel: str, group: int) -> str:
    if max(layer.dilation_rate) > 1:
        raise _refuse(layer)
    bias = [graph.weight(layer.bias)] if layer.use_bias else []
    output = graph.add(
        "Conv",
        given,
        kernel,
        *bias,
        group=group,
        strides=layer.strides,
        auto_pad=_padding(layer),
    )
    return _activate(graph, layer, output)


def _convolve_back(graph: Graph, layer: layers.Conv2DTranspose, given: str) -> str:
    if tuple(layer.kernel_size) != tuple(layer.strides) or layer.output_padding:
        raise _refuse(layer)
    kernel = graph.add("Transpose", graph.weight(layer.kernel), perm=(3, 2, 0, 1))
    bias = [graph.weight(layer.bias)] if layer.use_bias else []
    output = graph.add("ConvTranspose", given, kernel, *bias, strides=layer.strides)
    return _activate(graph, layer, output)


def _normalize(graph: Graph, layer: layers.BatchNormalization, given: str) -> str:
    width = layer.moving_mean.shape[0]
    scale = graph.weight(layer.gamma) if layer.scale else graph.constant(np.ones(width))
    shift = graph.weight(layer.beta) if layer.center else graph.constant(np.zeros(width))
    statistics = [graph.weight(layer.moving_mean), graph.weight(layer.moving_variance)]
    return graph.add("BatchNormalization", given, scale, shift, *statistics, epsilon=layer.epsilon)


def _rectify(graph: Graph, layer: layers.ReLU, given: str) -> str:
    if layer.negative_slope or layer.threshold:
        raise _refuse(layer)
    if layer.max_value is None:
        return graph.add("Relu", given)
    return graph.add("Clip", given, graph.constant(0), graph.constant(layer.max_value))


def _soften(graph: Graph, given: str) -> str:
    """Add the softmax over channels, which is faster by hand where channels are few."""
    axes = graph.constant([1], np.int64)
    highest = graph.add("ReduceMax", given, axes, keepdims=1)
    powers = graph.add("Exp", graph.add("Sub", given, highest))
    return graph.add("Div", powers, graph.add("ReduceSum", powers, axes, keepdims=1))


ACTIVATIONS: dict[Any, Callable[[Graph, str], str]] = {
    keras.activations.linear: lambda graph, given: given,
    keras.activations.relu: lambda graph, given: graph.add("Relu", given),
    keras.activations.sigmoid: lambda graph, given: graph.add("Sigmoid", given),
    keras.activations.softmax: _soften,
}


def _activate(graph: Graph, layer: Any, given: str) -> str:
    if layer.activation not in ACTIVATIONS:
        raise _refuse(layer)
    return ACTIVATIONS[layer.activation](graph, given)


def _take_largest(graph: Graph, layer: layers.MaxPooling2D, given: str) -> str:
    return graph.add("MaxPool", given, **_pool(layer))


def _take_mean(graph: Graph, layer: layers.AveragePooling2D, given: str) -> str:
    return graph.add("AveragePool", given, **_pool(layer))


def _pool(layer: Any) -> dict[str, Any]:
    return {
        "kernel_shape": layer.pool_size,
        "strides": layer.strides,
        "auto_pad": _padding(layer),
    }


def _padding(layer: Any) -> str:
    return {"valid": "VALID", "same": "SAME_UPPER"}[layer.padding]


def _pad(graph: Graph, layer: layers.ZeroPadding2D, given: str) -> str:
    (top, bottom), (left, right) = layer.padding
    pads = graph.constant([0, 0, top, left, 0, 0, bottom, right], np.int64)
    return graph.add("Pad", given, pads)


def _repeat(graph: Graph, layer: layers.UpSampling2D, given: str) -> str:
    if layer.interpolation != "nearest":
        raise _refuse(layer)
    return graph.add(
        "Resize",
        given,
        "",
        graph.constant([1, 1, *layer.size]),
        mode="nearest",
        coordinate_transformation_mode="asymmetric",
        nearest_mode="floor",
    )


def _join(graph: Graph, layer: layers.Concatenate, *given: str) -> str:
    return graph.add("Concat", *given, axis=1)


def _sum(graph: Graph, layer: layers.Add, *given: str) -> str:
    return reduce(lambda total, other: graph.add("Add", total, other), given)


OPERATORS_OF: dict[type, Callable[..., str]] = {
    PreprocessPixels: _prepare,
    layers.Conv2D: _convolve,
    layers.DepthwiseConv2D: _convolve_channels,
    layers.Conv2DTranspose: _convolve_back,
    layers.BatchNormalization: _normalize,
    layers.ReLU: _rectify,
    layers.Softmax: lambda graph, layer, given: _soften(graph, given),
    layers.Activation: _activate,
    layers.MaxPooling2D: _take_largest,
    layers.AveragePooling2D: _take_mean,
    layers.ZeroPadding2D: _pad,
    layers.UpSampling2D: _repeat,
    layers.Concatenate: _join,
    layers.Add: _sum,
    layers.Dropout: lambda graph, layer, given: given,
}
