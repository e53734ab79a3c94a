import keras
import numpy as np
import onnx
import pytest

from nucleibench.compute.exported import load_exported
from nucleibench.errors import DataError
from nucleibench.families.unet import export
from nucleibench.families.unet.exported_weights import read_weights
from nucleibench.families.unet.network import build_network, load_network
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest
from nucleibench.report import release

TILES = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), dtype=np.uint8)


@pytest.fixture(params=["nucleus", "distance"])
def network(request, tmp_path):
    """A network with kernels that half precision holds, its settings and its two forms."""
    settings = UNet(family="unet", encoder="compact", target=request.param)
    keras.utils.set_random_seed(1)
    network = build_network(settings)
    network.set_weights([export.halve(w).astype(w.dtype) for w in network.get_weights()])
    network.save_weights(tmp_path / "model.weights.h5")
    export.export_network(settings, tmp_path / "model.weights.h5", tmp_path / "model.onnx")
    return settings, network, tmp_path / "model.onnx"


def test_the_exported_form_has_the_outputs_of_the_network(network):
    _, network, path = network
    exported = load_exported(path, 2, file_digest(path))
    np.testing.assert_allclose(exported(TILES), network.predict_on_batch(TILES), atol=1e-5)


def test_keras_reads_the_weights_from_the_exported_form(network):
    settings, network, path = network
    again = load_network(settings, path)
    for one, other in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_exported_form_has_two_bytes_a_weight(network):
    _, network, path = network
    assert path.stat().st_size < 2.2 * network.count_params()


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


def test_where_nothing_can_export_the_weights_of_keras_are_released(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(release, "can_export", lambda: False)
    settings = UNet(family="unet", encoder="compact")
    build_network(settings).save_weights(tmp_path / "whole.weights.h5")
    card = {"settings": settings.deciding_weights(), "seed": 3}
    facts = release.write_member(tmp_path, 1, tmp_path / "whole.weights.h5", card)
    assert "this release needs Keras" in capsys.readouterr().out
    path = tmp_path / "model_2.weights.h5"
    assert facts == {**card, "file": path.name, "sha256": file_digest(path)}
    assert not list(tmp_path.glob("*.onnx"))


def test_jax_cannot_export(monkeypatch):
    assert export.can_export()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert not export.can_export()
