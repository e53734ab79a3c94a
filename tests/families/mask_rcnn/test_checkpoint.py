import math

import h5py
import keras
import numpy as np
import pytest
from coco_weights import (
    CLASS_LAYERS,
    IN_MODEL,
    PARAMETERS,
    STATISTICS,
    weight_shapes,
)

from nucleibench.errors import DataError
from nucleibench.families.mask_rcnn.checkpoint import load_coco_weights, load_trained
from nucleibench.families.mask_rcnn.network import MaskRCNN, named_layers
from nucleibench.families.mask_rcnn.settings import NetworkSize

SMALL_TABLE = {
    "blocks": dict.fromkeys((2, 3, 4, 5), "a"),
    "channels": 8,
    "units": 16,
    "classes": 5,
}


def size(blocks, channels, units):
    return NetworkSize(
        blocks=blocks,
        pyramid_channels=channels,
        head_units=units,
        anchor_sizes=(8, 16, 32, 64, 128),
        train_batch_norm=False,
        candidates=50,
        proposals=20,
        proposal_iou=0.7,
    )


SMALL = size((1, 1, 1, 1), 8, 16)


@pytest.fixture(scope="module")
def paper_network():
    return MaskRCNN(size((3, 4, 23, 3), 256, 1024), 256)


def write_legacy(path, table, values=None):
    """Write a file as Keras 2 did; weight i is filled with i, which takes no space."""
    expected = {}
    with h5py.File(path, "w") as file:
        groups = {}
        for layer, weights in table.items():
            group = file.require_group(IN_MODEL.get(layer, layer))
            names = groups.setdefault(group.name.strip("/"), [])
            for weight, shape in weights.items():
                expected[layer, weight] = len(expected)
                names.append(f"{layer}/{weight}:0".encode())
                group.create_dataset(names[-1], shape, "f4", fillvalue=expected[layer, weight])
        for name, names in groups.items():
            file[name].attrs["weight_names"] = names
        file.attrs["layer_names"] = [name.encode() for name in groups]
    return expected


def test_the_table_has_the_published_number_of_parameters():
    shapes = weight_shapes()
    total = sum(math.prod(shape) for layer in shapes.values() for shape in layer.values())
    statistics = sum(2 * math.prod(layer["gamma"]) for layer in shapes.values() if "gamma" in layer)
    assert (total, statistics) == (PARAMETERS, STATISTICS)


def test_the_network_has_the_names_and_shapes_of_the_coco_weights(paper_network):
    ours = {
        name: {variable.name: tuple(variable.shape) for variable in layer.weights}
        for name, layer in named_layers(paper_network).items()
    }
    table = weight_shapes()
    assert set(ours) == set(table)
    differing = {name for name in table if ours[name] != table[name]}
    assert differing == set(CLASS_LAYERS)
    assert ours == weight_shapes(classes=2)


def test_a_file_like_the_coco_one_loads_with_nothing_left_over(paper_network, tmp_path):
    expected = write_legacy(tmp_path / "coco.h5", weight_shapes())
    load_coco_weights(paper_network, tmp_path / "coco.h5")
    for name, layer in named_layers(paper_network).items():
        for variable in layer.weights:
            loaded = np.unique(keras.ops.convert_to_numpy(variable)).tolist()
            assert (loaded == [expected[name, variable.name]]) != (name in CLASS_LAYERS)


def test_a_nested_weights_group_loads_too(tmp_path):
    expected = write_legacy(tmp_path / "inner.h5", weight_shapes(**SMALL_TABLE))
    with h5py.File(tmp_path / "whole.h5", "w") as whole, h5py.File(tmp_path / "inner.h5") as inner:
        whole.create_group("optimizer_weights")
        inner.copy(inner["/"], whole, "model_weights")
    network = MaskRCNN(SMALL, 64)
    load_coco_weights(network, tmp_path / "whole.h5")
    _, bias = network.backbone.get_layer("conv1").get_weights()
    assert np.all(bias == expected["conv1", "bias"])


def test_a_differing_shape_names_the_layer_and_both_shapes(tmp_path):
    table = weight_shapes(**SMALL_TABLE)
    table["fpn_p4"]["kernel"] = (3, 3, 8, 9)
    write_legacy(tmp_path / "other.h5", table)
    network = MaskRCNN(SMALL, 64)
    before = network.backbone.get_weights()
    with pytest.raises(DataError, match=r"layer fpn_p4 .*\(3, 3, 8, 9\).*\(3, 3, 8, 8\)"):
        load_coco_weights(network, tmp_path / "other.h5")
    for old, new in zip(before, network.backbone.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_missing_layer_is_named(tmp_path):
    table = weight_shapes(**SMALL_TABLE)
    del table["rpn_conv_shared"]
    write_legacy(tmp_path / "partial.h5", table)
    with pytest.raises(DataError, match="has no layer rpn_conv_shared"):
        load_coco_weights(MaskRCNN(SMALL, 64), tmp_path / "partial.h5")


def test_a_left_over_layer_is_named(tmp_path):
    write_legacy(tmp_path / "deep.h5", weight_shapes(**SMALL_TABLE) | {"res4b_branch2a": {}})
    with h5py.File(tmp_path / "deep.h5", "a") as file:
        file["res4b_branch2a/res4b_branch2a/kernel:0"] = np.zeros(3)
        file["res4b_branch2a"].attrs["weight_names"] = ["res4b_branch2a/kernel:0"]
        file.attrs["layer_names"] = [*file.attrs["layer_names"], "res4b_branch2a"]
    with pytest.raises(DataError, match="layer res4b_branch2a does not exist"):
        load_coco_weights(MaskRCNN(SMALL, 64), tmp_path / "deep.h5")


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "page.h5").write_text("<html>404</html>")
    with pytest.raises(DataError, match=r"not a Keras \.h5 weights file"):
        load_coco_weights(MaskRCNN(SMALL, 64), tmp_path / "page.h5")


def test_trained_weights_load_at_another_tile_size(tmp_path):
    network = MaskRCNN(SMALL, 64)
    network.save_weights(tmp_path / "model.weights.h5")
    loaded = load_trained(SMALL, 128, tmp_path / "model.weights.h5")
    for old, new in zip(network.get_weights(), loaded.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.filterwarnings("ignore:Skipping nested container")  # noise of Keras before its error
def test_trained_weights_of_another_network_are_refused(tmp_path):
    MaskRCNN(SMALL, 64).save_weights(tmp_path / "model.weights.h5")
    message = (
        r"does not hold the weights of this network \(layer fpn_c5p5 differs; the file has "
        r"\[\(1, 1, 2048, 8\), \(8,\)\], this network needs \[\(1, 1, 2048, 16\), \(16,\)\]\)"
    )
    with pytest.raises(DataError, match=message):
        load_trained(size((1, 1, 1, 1), 16, 16), 64, tmp_path / "model.weights.h5")
