"""Weights from files: of a training here, or by layer name from the COCO file in legacy ``.h5``."""

from pathlib import Path

import h5py
import keras
import numpy as np

from nucleibench.errors import DataError
from nucleibench.families.mask_rcnn.heads import CLASS_LAYERS
from nucleibench.families.mask_rcnn.network import MaskRCNN, named_layers
from nucleibench.families.mask_rcnn.settings import NetworkSize

LayerWeights = dict[str, dict[str, np.ndarray]]


def load_coco_weights(network: MaskRCNN, path: str | Path) -> None:
    """Load every layer but those that depend on the classes, which stay as initialised.

    Raises:
        DataError: where a layer is missing on either side or differs in shape; the message names
            the first one and both shapes, and no weight has been changed.
    """
    saved = {
        name: weights for name, weights in read_legacy(path).items() if name not in CLASS_LAYERS
    }
    wanted = {
        name: layer for name, layer in named_layers(network).items() if name not in CLASS_LAYERS
    }
    for name, layer in wanted.items():
        _check(name, _shapes(layer), saved, path)
    left_over = sorted(set(saved) - set(wanted))
    if left_over:
        raise DataError(f"{path}: layer {left_over[0]} does not exist in this network")
    for name, layer in wanted.items():
        for variable in layer.weights:
            variable.assign(saved[name][variable.name])


def load_trained(size: NetworkSize, tile_size: int, weights: str | Path) -> MaskRCNN:
    """Return a network with trained weights.

    ``tile_size``, in pixels, may differ from that of the training.

    Raises:
        DataError: where the file is of another network; the message names the first layer that
            differs and both shapes.
    """
    network = MaskRCNN(size, tile_size)
    try:
        network.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        reason = _first_difference(network, weights) or error
        raise DataError(
            f"{weights} does not hold the weights of this network ({reason}); train it again"
        ) from error
    return network


def _first_difference(network: MaskRCNN, path: str | Path) -> str | None:
    """Say which layer's shapes differ from those in a file; None where none do."""
    if not h5py.is_hdf5(path):
        return None
    saved = _saved_shapes(path)
    for name, layer in named_layers(network).items():
        shapes = [tuple(variable.shape) for variable in layer.weights]
        if (found := saved.get(name, "nothing")) != shapes:
            return f"layer {name} differs; the file has {found}, this network needs {shapes}"
    return None


def _saved_shapes(path: str | Path) -> dict[str, list[tuple[int, ...]]]:
    """Return {layer: shapes} of Keras' ``.weights.h5``, where a group of weights has a name."""
    found = {}

    def visit(_: str, group: h5py.Group | h5py.Dataset) -> None:
        if "name" in group.attrs:
            found[group.attrs["name"]] = [group[str(place)].shape for place in range(len(group))]

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def read_legacy(path: str | Path) -> LayerWeights:
    """Return {layer: {weight: array}} of a legacy file, nested models included."""
    try:
        with h5py.File(path) as file:
            root = file.get("model_weights", file)
            return _collect(root)
    except (OSError, KeyError) as error:
        raise DataError(f"{path}: not a Keras .h5 weights file ({error})") from error


def _collect(root: h5py.Group) -> LayerWeights:
    found: LayerWeights = {}
    for group in map(_text, root.attrs["layer_names"]):
        for weight in map(_text, root[group].attrs["weight_names"]):
            # "rpn_conv_shared/kernel:0", in the group of the layer or of the model it is in
            layer, name = [group, *weight.split(":")[0].split("/")][-2:]
            found.setdefault(layer, {})[name] = root[group][weight][()]
    return found


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _shapes(layer: keras.Layer) -> dict[str, tuple[int, ...]]:
    return {variable.name: tuple(variable.shape) for variable in layer.weights}


def _check(
    name: str, shapes: dict[str, tuple[int, ...]], saved: LayerWeights, path: str | Path
) -> None:
    if name not in saved:
        raise DataError(f"{path}: has no layer {name}, which this network needs")
    found = {weight: array.shape for weight, array in saved[name].items()}
    if found != shapes:
        raise DataError(
            f"{path}: layer {name} differs; the file has {found}, this network needs {shapes}. "
            "COCO weights need blocks (3, 4, 23, 3), pyramid_channels 256 and head_units 1024"
        )
