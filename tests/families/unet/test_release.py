from dataclasses import asdict

import keras
import numpy as np
import pytest

from nucleibench.errors import DataError
from nucleibench.families.unet.export import halve_weights
from nucleibench.families.unet.network import build_network, load_network
from nucleibench.families.unet.release import Release, check_network, read_release
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest, read_json, write_json
from nucleibench.labelling.instances import PostProcessing
from nucleibench.labelling.settings import Inference

SETTINGS = UNet(family="unet", encoder="compact", target="boundary")
SETTING = PostProcessing(0.5, 30, "boundary", depth=0.1)
INFERENCE = Inference(size=64, overlap=0.2)
TILES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(3)
    network = build_network(SETTINGS)
    network.compile("adam", "mse")
    network.optimizer.build(network.trainable_variables)
    return network


@pytest.fixture
def release(network, tmp_path):
    """The files of a release, its card reduced to what reading checks."""
    network.save_weights(tmp_path / "whole.weights.h5")
    halve_weights(tmp_path / "whole.weights.h5", tmp_path / "model.weights.h5")
    digest = file_digest(tmp_path / "model.weights.h5")
    card = {"settings": SETTINGS.deciding_weights(), "sha256": digest}
    write_json(tmp_path / "card.json", {**card, "turns": 4, "inference": INFERENCE.plain()})
    write_json(tmp_path / "threshold.json", asdict(SETTING))
    write_json(tmp_path / "target.json", {})
    return tmp_path


def test_half_precision_keeps_the_outputs_in_two_bytes_a_weight(network, release):
    assert (release / "whole.weights.h5").stat().st_size > 12 * network.count_params()
    assert (release / "model.weights.h5").stat().st_size < 2.2 * network.count_params()
    again = load_network(SETTINGS, release / "model.weights.h5")
    assert {weight.dtype for weight in again.weights} >= {"float32"}
    difference = np.abs(np.asarray(again(TILES)) - np.asarray(network(TILES)))
    assert 0 < difference.max() < 0.01


def test_vectors_keep_their_precision(network, release):
    again = load_network(SETTINGS, release / "model.weights.h5")
    for one, other in zip(network.weights, again.weights, strict=True):
        if len(one.shape) == 1:
            np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_a_release_says_how_it_is_used(release):
    assert read_release(release) == Release(
        folder=release,
        network=SETTINGS,
        turns=4,
        inference=INFERENCE,
        tile_size=64,
        setting=SETTING,
    )


def test_a_release_that_was_changed_is_refused(release):
    with open(release / "model.weights.h5", "ab") as stream:
        stream.write(b"x")
    with pytest.raises(DataError, match=r"model.weights.h5: SHA-256 is \w+, the card says \w+"):
        read_release(release)


def test_an_exported_form_that_was_changed_or_lost_is_refused(release):
    path = release / "model.onnx"
    path.write_bytes(b"a network")
    write_json(
        release / "card.json",
        {**read_json(release / "card.json"), "exported_sha256": file_digest(path)},
    )
    assert read_release(release).exported_sha256 == file_digest(path)
    path.write_bytes(b"a netw")
    with pytest.raises(DataError, match=r"model.onnx: SHA-256 is \w+, the card says \w+"):
        read_release(release)
    path.unlink()
    with pytest.raises(DataError, match=r"model.onnx is missing; give the folder of a trained"):
        read_release(release)


def test_a_release_without_its_threshold_is_refused(release):
    (release / "threshold.json").unlink()
    with pytest.raises(DataError, match=r"threshold.json is missing; give the folder"):
        read_release(release)


@pytest.mark.parametrize("key", ["settings", "turns", "inference"])
def test_a_card_without_what_a_user_must_know_is_refused(release, key):
    card = read_json(release / "card.json")
    del card[key]
    write_json(release / "card.json", card)
    with pytest.raises(DataError, match=rf"card.json: not the card of a release \('{key}'\)"):
        read_release(release)


def test_a_card_with_settings_of_an_earlier_version_is_refused(release):
    card = read_json(release / "card.json")
    card["settings"]["kind"] = card["settings"].pop("family")
    write_json(release / "card.json", card)
    with pytest.raises(DataError, match=r"card.json: not the card of a release (?s:.*)kind"):
        read_release(release)


def test_settings_of_another_network_are_refused(release):
    found = read_release(release)
    check_network(found, SETTINGS)
    with pytest.raises(DataError, match=r"holds a network with target boundary, but .* distance"):
        check_network(found, UNet(family="unet", encoder="compact", target="distance"))
