import keras
import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.compute.exported import load_exported
from nucleibench.errors import DataError
from nucleibench.families.unet import export
from nucleibench.families.unet.exported_weights import pack_weight, read_weights, unpack_weight
from nucleibench.families.unet.graph import UnknownLayerError
from nucleibench.families.unet.network import build_network, load_network
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest
from nucleibench.report import release

TILES = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), dtype=np.uint8)


@pytest.fixture(params=[("compact", "nucleus"), ("efficientnet_lite0", "distance")])
def network(request, tmp_path):
    """A network's settings, the network with the weights of the exported form, and that form."""
    encoder, target = request.param
    settings = UNet(family="unet", encoder=encoder, target=target)
    keras.utils.set_random_seed(1)
    build_network(settings).save_weights(tmp_path / "model.weights.h5")
    export.export_network(settings, tmp_path / "model.weights.h5", tmp_path / "model.onnx")
    return settings, load_network(settings, tmp_path / "model.onnx"), tmp_path / "model.onnx"


def test_the_exported_form_has_the_outputs_of_the_network(network):
    _, network, path = network
    exported = load_exported(path, file_digest(path))
    np.testing.assert_allclose(exported(TILES), network.predict_on_batch(TILES), atol=1e-5)


def test_keras_reads_the_weights_of_the_training_to_half_a_step(network):
    """A filter has steps of a 127th of its largest weight; small kernels have half precision."""
    settings, network, path = network
    trained = load_network(settings, path.with_name("model.weights.h5"))
    for stored, weight in zip(network.get_weights(), trained.get_weights(), strict=True):
        filters = tuple(range(weight.ndim - 1))
        step = np.abs(weight).max(axis=filters) / 127 if weight.ndim > 1 else 0
        assert np.all(np.abs(stored - weight) <= np.maximum(0.5001 * step, 0))


def test_the_exported_form_has_a_byte_a_weight(network):
    _, network, path = network
    assert path.stat().st_size < 1.25 * network.count_params()


@given(
    arrays(np.float32, (3, 3, 2, 4), elements=st.floats(-100, 100, width=32)),
)
def test_a_packed_kernel_keeps_its_largest_weights_and_its_zeros(kernel):
    levels, scales = pack_weight(kernel)
    assert levels.dtype == np.int8
    unpacked = unpack_weight(levels, scales)
    largest = np.abs(kernel).max(axis=(0, 1, 2))
    np.testing.assert_allclose(np.abs(unpacked).max(axis=(0, 1, 2)), largest, rtol=1e-6, atol=1e-38)
    assert not unpacked[kernel == 0].any()


@pytest.mark.parametrize("shape", [(4,), (3, 3, 5, 1)])
def test_vectors_and_depthwise_kernels_are_not_rounded_to_a_byte(shape):
    weight = np.linspace(0, 1, np.prod(shape), dtype=np.float32).reshape(shape)
    stored, scales = pack_weight(weight)
    assert scales is None
    assert stored.dtype == (np.float16 if len(shape) > 1 else np.float32)
    np.testing.assert_allclose(unpack_weight(stored, scales), weight, atol=3e-4)


def test_the_exported_form_of_another_network_is_refused(network):
    _, _, path = network
    other = UNet(family="unet", encoder="compact", target="horizontal_vertical")
    with pytest.raises(DataError, match=r"model.onnx does not hold the weights of unet_compact"):
        load_network(other, path)


def test_what_holds_no_weights_for_keras_is_refused(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(DataError, match=r"model.onnx: not a network in ONNX form"):
        read_weights(path)
    path.write_bytes(onnx.ModelProto().SerializeToString())
    with pytest.raises(DataError, match=r"model.onnx: holds no weights that Keras could read"):
        read_weights(path)


def test_the_weights_of_a_network_without_exported_form_are_released(tmp_path, monkeypatch, capsys):
    def refuse(*_):
        raise UnknownLayerError("layer odd (Odd) has no exported form")

    monkeypatch.setattr(release, "export_network", refuse)
    settings = UNet(family="unet", encoder="compact")
    build_network(settings).save_weights(tmp_path / "whole.weights.h5")
    card = {"settings": settings.deciding_weights(), "seed": 3}
    facts = release.write_member(tmp_path, 1, tmp_path / "whole.weights.h5", card)
    assert "This release needs Keras: layer odd (Odd)" in capsys.readouterr().out
    path = tmp_path / "model_2.weights.h5"
    assert facts == {**card, "file": path.name, "sha256": file_digest(path)}
    assert not list(tmp_path.glob("*.onnx"))
