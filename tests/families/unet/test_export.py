import keras
import numpy as np
import pytest

from nucleibench.compute.exported import load_exported
from nucleibench.families.unet.export import export_network
from nucleibench.families.unet.network import build_network
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest
from nucleibench.report import release

TILES = np.random.default_rng(0).integers(0, 256, (2, 64, 96, 3), dtype=np.uint8)


@pytest.mark.parametrize("target", ["nucleus", "distance"])
def test_the_exported_form_has_the_outputs_of_the_network(tmp_path, target):
    settings = UNet(family="unet", encoder="compact", target=target)
    keras.utils.set_random_seed(1)
    network = build_network(settings)
    network.save_weights(tmp_path / "model.weights.h5")
    path = tmp_path / "model.onnx"
    export_network(settings, tmp_path / "model.weights.h5", path)
    exported = load_exported(path, 2, file_digest(path))
    np.testing.assert_allclose(exported(TILES), network.predict_on_batch(TILES), atol=1e-4)


def test_where_nothing_can_export_the_card_has_no_exported_form(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(release, "can_export", lambda: False)
    assert release.write_exported(tmp_path, {}) == {}
    assert "tf2onnx is not installed" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())
