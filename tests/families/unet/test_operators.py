"""Each layer of a U-Net has the outputs of Keras when ONNX Runtime computes it."""

import keras
import numpy as np
import onnx
import pytest
from keras import layers

from nucleibench.compute.exported import load_exported
from nucleibench.families.unet.export import write_graph
from nucleibench.families.unet.exported_weights import read_weights
from nucleibench.families.unet.graph import UnknownLayerError
from nucleibench.families.unet.network import build_network
from nucleibench.families.unet.preprocessing import PREPROCESSING, PreprocessPixels
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest

IMAGE = np.random.default_rng(0).integers(0, 256, (2, 32, 64, 3), dtype=np.uint8)


def start():
    image = keras.Input((None, None, 3), dtype="uint8")
    return image, PreprocessPixels("unit")(image)


def model_of(*chain):
    """A network of layers one after the other, with weights unlike those at the start."""
    image, tensor = start()
    for layer in chain:
        tensor = layer(tensor)
    model = keras.Model(image, tensor, name="drawn")
    draw = np.random.default_rng(1)
    model.set_weights([draw.uniform(0.2, 1, weight.shape) for weight in model.get_weights()])
    return model


def compare(model, folder, image=IMAGE):
    """Compare the outputs of a network with those of its exported form, weights rounded alike."""
    path = folder / "model.onnx"
    onnx.save(write_graph(model), path)
    if model.weights:
        model.set_weights(read_weights(path))
    outputs = load_exported(path, file_digest(path))(image)
    np.testing.assert_allclose(outputs, model.predict_on_batch(image), rtol=1e-5, atol=1e-5)


CHAINS = {
    "same": [layers.Conv2D(5, 3, padding="same")],
    "strides": [layers.Conv2D(5, 3, 2, padding="same", use_bias=False)],
    "even kernel": [layers.Conv2D(4, 4, 2, padding="same")],
    "no padding": [layers.Conv2D(4, 5, 2, padding="valid", activation="relu")],
    "activated": [layers.Conv2D(4, 3, padding="same", activation="sigmoid")],
    "groups": [layers.Conv2D(6, 3, groups=3)],
    "each channel": [layers.DepthwiseConv2D(5, 2, padding="same")],
    "transposed": [layers.Conv2D(4, 1), layers.Conv2DTranspose(5, 2, 2)],
    "normalised": [layers.Conv2D(4, 1), layers.BatchNormalization(epsilon=0.01)],
    "no scale": [layers.BatchNormalization(scale=False), layers.ReLU()],
    "no shift": [layers.BatchNormalization(center=False), layers.ReLU(0.5)],
    "activation": [layers.Conv2D(4, 1), layers.Activation("softmax")],
    "softmax": [layers.Conv2D(4, 1), layers.Softmax()],
    "largest": [layers.MaxPooling2D(3, 2, padding="same")],
    "mean": [layers.AveragePooling2D(3, 1, padding="same")],
    "mean of halves": [layers.AveragePooling2D(2)],
    "padded": [layers.ZeroPadding2D(((1, 2), (3, 0))), layers.MaxPooling2D(3, 2)],
    "repeated": [layers.UpSampling2D((2, 3))],
    "dropped": [layers.Dropout(0.5), layers.Conv2D(2, 1, activation="linear")],
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_layer_computes_the_same(name, tmp_path):
    # Odd sides show on which side "same" pads where steps leave pixels out.
    compare(model_of(*CHAINS[name]), tmp_path, IMAGE[:, :31, :61])


@pytest.mark.parametrize("mode", PREPROCESSING)
def test_pixels_are_prepared_the_same(mode, tmp_path):
    image = keras.Input((None, None, 3), dtype="uint8")
    compare(keras.Model(image, PreprocessPixels(mode)(image)), tmp_path)


def test_branches_and_models_in_models_meet_again(tmp_path):
    image, pixels = start()
    inner_input = keras.Input((None, None, 3))
    shared = layers.Conv2D(3, 3, padding="same")
    halves = [shared(inner_input), layers.MaxPooling2D(2)(inner_input)]
    inner = keras.Model(inner_input, halves)
    whole, half = inner(pixels)
    back = layers.UpSampling2D(2)(half)
    joined = layers.Concatenate()([layers.Add()([whole, back, shared(whole)]), pixels])
    compare(keras.Model(image, joined), tmp_path)


@pytest.mark.parametrize("encoder", ["densenet121", "inceptionv3"])
def test_networks_of_the_paper_compute_the_same(encoder, tmp_path):
    model = build_network(UNet(family="unet", encoder=encoder))
    compare(model, tmp_path)


UNKNOWN = {
    "GlobalAveragePooling2D": [layers.GlobalAveragePooling2D(keepdims=True)],
    "UpSampling2D": [layers.UpSampling2D(2, interpolation="bilinear")],
    "Conv2DTranspose": [layers.Conv2DTranspose(3, 3, 2)],
    "DepthwiseConv2D": [layers.DepthwiseConv2D(3, depth_multiplier=2)],
    "BatchNormalization": [layers.BatchNormalization(axis=1)],
    "ReLU": [layers.ReLU(negative_slope=0.1)],
    "Conv2D": [
        layers.Conv2D(3, 1, activation="tanh"),
        layers.Conv2D(3, 3, dilation_rate=2),
        layers.Conv2D(3, 1, data_format="channels_first"),
    ],
    "MaxPooling2D": [layers.MaxPooling2D(2, data_format="channels_first")],
    "Softmax": [layers.Softmax(axis=1)],
}


@pytest.mark.parametrize(
    ("kind", "layer"), [(kind, layer) for kind, some in UNKNOWN.items() for layer in some]
)
def test_what_has_no_exported_form_is_refused(kind, layer):
    image = keras.Input((32, 64, 3), dtype="uint8")
    model = keras.Model(image, layer(PreprocessPixels("unit")(image)))
    with pytest.raises(UnknownLayerError, match=rf"{layer.name} \({kind}\) has no exported form"):
        write_graph(model)


@pytest.mark.parametrize("layer", [layers.Dropout(0.5), layers.BatchNormalization()])
def test_a_layer_that_always_trains_is_refused(layer):
    image, pixels = start()
    model = keras.Model(image, layer(pixels, training=True))
    with pytest.raises(UnknownLayerError, match=f"{layer.name} is called with training=True"):
        write_graph(model)


def test_the_graph_is_valid_onnx():
    model = model_of(layers.Conv2D(4, 3, padding="same"), layers.Softmax())
    onnx.checker.check_model(write_graph(model), full_check=True)
