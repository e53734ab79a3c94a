import h5py
import keras
import numpy as np
import pytest

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.families.unet.encoders import ENCODERS
from nucleibench.families.unet.network import build_unet, load_network, logits_of
from nucleibench.families.unet.preprocessing import PREPROCESSING, PreprocessPixels
from nucleibench.families.unet.settings import UNet
from nucleibench.prepare.targets import TARGETS

TILE = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module", params=ENCODERS)
def network(request):
    keras.utils.set_random_seed(1)
    return build_unet(request.param, None, False, "nucleus")


def test_every_encoder_gives_class_probabilities_at_full_resolution(network):
    probabilities = np.asarray(network(TILE))
    assert probabilities.shape == (1, 64, 64, 2)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=-1), 1, atol=1e-5)


def test_head_is_one_by_one_convolution_and_softmax(network):
    head = network.get_layer("logits")
    assert head.kernel.shape[:2] == (1, 1)
    logits = np.asarray(logits_of(network)(TILE))
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    np.testing.assert_allclose(
        odds / odds.sum(axis=-1, keepdims=True), np.asarray(network(TILE)), atol=1e-5
    )


# Weights of the packages' encoders without top, as their authors publish them.
ENCODER_WEIGHTS = {
    "vgg16": 14_714_688,
    "vgg19": 20_024_384,
    "densenet121": 7_037_504,
    "densenet201": 18_321_984,
    "inceptionv3": 21_802_784,
}


@pytest.mark.parametrize(("encoder", "count"), ENCODER_WEIGHTS.items())
def test_encoders_are_the_published_ones(encoder, count):
    network = build_unet(encoder, None, True, "nucleus")
    body = network.get_layer(encoder)
    decoder = [w for w in body.weights if "decoder" in w.path or "center" in w.path]
    assert body.count_params() - sum(np.prod(w.shape) for w in decoder) == count


def test_frozen_encoder_leaves_the_decoder_to_train():
    network = build_unet("vgg16", None, True, "nucleus")
    trained = {w.path.split("/")[-2] for w in network.trainable_weights}
    assert trained
    assert all("decoder" in n or "center" in n or n == "logits" for n in trained)


def write_published(path, encoder):
    """Write weights as their authors publish them: a group per layer, in the layers' order."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name for layer in encoder.layers]
        for layer in encoder.layers:
            group, names = file.create_group(layer.name), [w.path for w in layer.weights]
            group.attrs["weight_names"] = names
            for name, weights in zip(names, layer.weights, strict=True):
                group[name] = weights.numpy()


def test_pretrained_weights_arrive_in_the_encoder(tmp_path):
    published = keras.applications.VGG16(weights=None, include_top=False)
    write_published(tmp_path / "published.h5", published)
    body = build_unet("vgg16", str(tmp_path / "published.h5"), False, "nucleus").get_layer("vgg16")
    assert published.weights
    for layer in (layer for layer in published.layers if layer.weights):
        for one, two in zip(layer.weights, body.get_layer(layer.name).weights, strict=True):
            np.testing.assert_array_equal(one, two)


def test_preprocessing_matches_keras_own():
    pixels = TILE.astype(np.float32)
    theirs = {
        "caffe": keras.applications.vgg16.preprocess_input(pixels.copy()),
        "torch": keras.applications.densenet.preprocess_input(pixels.copy()),
        "unit": keras.applications.inception_v3.preprocess_input(pixels.copy()),
        "identity": pixels,
        "lite": (pixels - 127) / 128,  # as Google trained EfficientNet-Lite
    }
    assert set(theirs) == set(PREPROCESSING)
    for mode, expected in theirs.items():
        np.testing.assert_allclose(PreprocessPixels(mode)(TILE), expected, rtol=1e-4, atol=1e-4)


def test_missing_pretrained_weights_are_an_error_and_not_random():
    with pytest.raises(ConfigurationError, match=r"weights nowhere.h5 not found.*null"):
        build_unet("vgg16", "nowhere.h5", False, "nucleus")


def test_unknown_encoder_lists_the_known():
    with pytest.raises(ConfigurationError, match="no encoder 'vgg61'; choose one of vgg16, "):
        build_unet("vgg61", None, False, "nucleus")


def test_weights_reload_exactly(tmp_path):
    network = build_unet("compact", None, False, "nucleus")
    network.save_weights(tmp_path / "model.weights.h5")
    again = load_network(UNet(family="unet", encoder="compact"), tmp_path / "model.weights.h5")
    np.testing.assert_array_equal(network(TILE), again(TILE))


def test_weights_of_another_network_are_refused(tmp_path):
    build_unet("compact", None, False, "nucleus").save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(DataError, match="does not hold the weights of unet_vgg16"):
        load_network(UNet(family="unet", encoder="vgg16"), tmp_path / "model.weights.h5")


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_its_classes_and_maps(name):
    """Class probabilities sum to 1; maps are free."""
    target = TARGETS[name]
    outputs = np.asarray(build_unet("compact", None, False, name)(TILE))
    assert outputs.shape == (*TILE.shape[:3], target.classes + target.maps)
    np.testing.assert_allclose(outputs[..., : target.classes].sum(axis=-1), 1, atol=1e-5)
    assert outputs.dtype == np.float32
