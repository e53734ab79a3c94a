import keras
import numpy as np
import pytest

from nucleibench.errors import DataError
from nucleibench.files import file_digest, write_json
from nucleibench.models.registry import load_network
from nucleibench.models.release import check_method, halve_weights, read_release
from nucleibench.models.unet import build_unet

METHOD = {
    "kind": "unet",
    "encoder": "compact",
    "target": "boundary",
    "freeze_encoder": False,
}
TILES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(3)
    network = build_unet("compact", None, False, "boundary")
    network.compile("adam", "mse")
    network.optimizer.build(network.trainable_variables)
    return network


@pytest.fixture
def release(network, tmp_path):
    """The files of a release, its card reduced to what reading checks."""
    network.save_weights(tmp_path / "whole.weights.h5")
    halve_weights(tmp_path / "whole.weights.h5", tmp_path / "model.weights.h5")
    digest = file_digest(tmp_path / "model.weights.h5")
    write_json(tmp_path / "card.json", {"method": METHOD, "sha256": digest})
    write_json(tmp_path / "threshold.json", {})
    write_json(tmp_path / "target.json", {})
    return tmp_path


def test_half_precision_keeps_the_outputs_in_two_bytes_a_weight(network, release):
    assert (release / "whole.weights.h5").stat().st_size > 12 * network.count_params()
    assert (release / "model.weights.h5").stat().st_size < 2.2 * network.count_params()
    again = load_network(METHOD, release / "model.weights.h5")
    assert {weight.dtype for weight in again.weights} >= {"float32"}
    difference = np.abs(np.asarray(again(TILES)) - np.asarray(network(TILES)))
    assert 0 < difference.max() < 0.01


def test_vectors_keep_their_precision(network, release):
    again = load_network(METHOD, release / "model.weights.h5")
    for one, other in zip(network.weights, again.weights, strict=True):
        if len(one.shape) == 1:
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_a_release_that_was_changed_is_refused(release):
    assert read_release(release)["method"] == METHOD
    with open(release / "model.weights.h5", "ab") as stream:
        stream.write(b"x")
    with pytest.raises(DataError, match=r"model.weights.h5: SHA-256 is \w+, the card says \w+"):
        read_release(release)


def test_a_release_without_its_threshold_is_refused(release):
    (release / "threshold.json").unlink()
    with pytest.raises(DataError, match=r"threshold.json is missing; give the folder"):
        read_release(release)


def test_settings_of_another_network_are_refused(release):
    card = read_release(release)
    check_method(card, METHOD, release)
    with pytest.raises(DataError, match=r"holds a network with target boundary, but .* distance"):
        check_method(card, {**METHOD, "target": "distance"}, release)
