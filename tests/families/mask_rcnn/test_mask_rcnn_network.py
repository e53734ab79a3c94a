import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from detect_on_backend import SIZE, TILE, detect
from pydantic import ValidationError

from nucleibench.errors import ConfigurationError
from nucleibench.families.mask_rcnn.heads import DoubleResolution
from nucleibench.families.mask_rcnn.network import MaskRCNN, named_layers
from nucleibench.families.mask_rcnn.settings import NetworkSize


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (2, TILE, TILE, 3), np.uint8)


@pytest.fixture(scope="module")
def weights(images, tmp_path_factory):
    """Random weights, the last layers scaled so that scores and shifts spread as trained ones."""
    keras.utils.set_random_seed(3)
    network = MaskRCNN(SIZE, TILE)
    outputs = network(images)
    scale(network, "rpn_class_raw", outputs["logits"], 2)
    scale(network, "rpn_bbox_pred", outputs["shifts"], 0.5)
    regions = keras.ops.convert_to_tensor(network.anchors[None, -200:].repeat(2, axis=0))
    logits, shifts = network.classify(outputs["pyramid"], regions)
    scale(network, "mrcnn_class_logits", logits, 2)
    scale(network, "mrcnn_bbox_fc", shifts, 0.5)
    path = tmp_path_factory.mktemp("weights") / "model.weights.h5"
    network.save_weights(path)
    return path


def scale(network, name, output, spread):
    layer = named_layers(network)[name]
    layer.kernel.assign(layer.kernel * (spread / keras.ops.std(output)))


@pytest.fixture(scope="module")
def found(weights, images):
    return detect(weights, images)


def test_detections_are_sorted_padded_and_inside_the_tile(found):
    boxes, scores = found["boxes"], found["scores"]
    assert boxes.shape == (2, 120, 4)
    assert np.all(np.diff(scores, axis=1) <= 0)
    assert boxes.min() >= 0
    assert boxes.max() <= TILE
    for row in range(2):
        real = scores[row] > 0
        assert 5 < real.sum() < 120
        assert np.all((boxes[row, :, 2:] > boxes[row, :, :2]).all(axis=1) == real)


def test_masks_are_probabilities(found):
    assert found["masks"].shape == (2, 120, 28, 28)
    assert 0 <= found["masks"].min() < found["masks"].max() <= 1


@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_tensorflow_and_jax_detect_the_same(weights, images, found, tmp_path):
    other = "jax" if keras.backend.backend() == "tensorflow" else "tensorflow"
    np.save(tmp_path / "images.npy", images)
    script = Path(__file__).with_name("detect_on_backend.py")
    files = [weights, tmp_path / "images.npy", tmp_path / "found.npz"]
    quick = "--xla_backend_optimization_level=0"  # compiling takes longer than running
    environment = os.environ | {
        "KERAS_BACKEND": other,
        "JAX_PLATFORMS": "cpu",
        "XLA_FLAGS": quick,
    }
    subprocess.run([sys.executable, script, *files], check=True, env=environment)
    theirs = np.load(tmp_path / "found.npz")
    for row in range(2):
        ours = np.flatnonzero(found["scores"][row])
        # Compared as sets: scores that differ by rounding alone may swap places.
        distances = np.abs(found["boxes"][row][ours, None] - theirs["boxes"][row]).max(axis=-1)
        match = distances.argmin(axis=1)
        assert sorted(match) == np.flatnonzero(theirs["scores"][row]).tolist()
        for kind, tolerance in (("boxes", 1e-3), ("scores", 1e-4), ("masks", 1e-4)):
            a, b = found[kind][row][ours], theirs[kind][row][match]
            np.testing.assert_allclose(a, b, atol=tolerance)


def test_the_shapes_of_the_outputs_fit_the_anchors(images):
    network = MaskRCNN(SIZE, TILE)
    outputs = network(images)
    assert outputs["logits"].shape == (2, len(network.anchors), 2)
    assert outputs["shifts"].shape == (2, len(network.anchors), 4)
    assert [level.shape[1] for level in outputs["pyramid"]] == [16, 8, 4, 2]


def test_a_zoom_is_an_enlarged_tile(images):
    plain = MaskRCNN(SIZE, TILE)
    zoomed = MaskRCNN(SIZE.model_copy(update={"zoom": 2}), TILE // 2)
    zoomed.set_weights(plain.get_weights())
    # Multiples of 16 stay whole numbers in bilinear interpolation.
    small = images[:, ::2, ::2] // 16 * 16
    enlarge = keras.layers.UpSampling2D(2, interpolation="bilinear")
    large = keras.ops.cast(enlarge(small.astype(np.float32)), "uint8")
    found, expected = zoomed(small), plain(large)
    assert_close(found["logits"], expected["logits"])
    boxes = np.array([[[3, 4, 20, 21], [0, 0, 9, 32]]] * 2, np.float32)
    for head in ("classify", "outline"):
        ours = getattr(zoomed, head)(found["pyramid"], boxes)
        theirs = getattr(plain, head)(expected["pyramid"], 2 * boxes)
        keras.tree.map_structure(assert_close, ours, theirs)


def assert_close(found, expected):
    found, expected = map(keras.ops.convert_to_numpy, (found, expected))
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max())


def test_doubling_the_resolution_is_a_transposed_convolution():
    maps = np.random.default_rng(1).normal(size=(2, 3, 4, 5)).astype(np.float32)
    general = keras.layers.Conv2DTranspose(6, 2, strides=2, bias_initializer="random_normal")
    expected = general(maps)
    ours = DoubleResolution(6)
    ours.build(maps.shape)
    ours.set_weights(general.get_weights())
    np.testing.assert_allclose(*map(keras.ops.convert_to_numpy, (ours(maps), expected)), atol=1e-5)


@pytest.mark.parametrize("trained", [True, False])
def test_batch_normalisation_is_frozen_by_configuration(trained):
    network = MaskRCNN(SIZE.model_copy(update={"train_batch_norm": trained}), TILE)
    names = {variable.path.split("/")[-1] for variable in network.trainable_variables}
    assert names == {"kernel", "bias"} | ({"gamma", "beta"} if trained else set())


def test_a_tile_that_the_pyramid_does_not_divide_is_refused():
    with pytest.raises(ConfigurationError, match="multiple of 64 px, not 250 x 1"):
        MaskRCNN(SIZE, 250)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks": [3, 4, 36, 3]}, r"blocks\.2\n.* less than or equal to 26"),
        ({"blocks": [3, 4, 6]}, r"blocks\n.* at least 4 items"),
        ({"anchor_sizes": [8, 16]}, r"anchor_sizes\n.* at least 5 items"),
    ],
)
def test_settings_that_make_no_network_are_refused(change, message):
    with pytest.raises(ValidationError, match=message):
        NetworkSize.read(SIZE.plain() | change)
