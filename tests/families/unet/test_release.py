import hashlib
from dataclasses import asdict

import keras
import numpy as np
import pytest

from nucleibench.errors import DataError
from nucleibench.families.unet.export import halve_weights
from nucleibench.families.unet.installing import install_network
from nucleibench.families.unet.network import build_network, load_network
from nucleibench.families.unet.release import Member, Release, read_release
from nucleibench.families.unet.release_card import find_member, join_digests
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest, read_json, write_json
from nucleibench.labelling.instances import PostProcessing
from nucleibench.labelling.settings import Inference

SETTINGS = UNet(family="unet", encoder="compact", target="boundary")
ORIGINAL = UNet(family="unet", encoder="compact", target="boundary", colors="original")
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
    (tmp_path / "model_2.onnx").write_bytes(b"a network")
    files = {"model.weights.h5": SETTINGS, "model_2.onnx": ORIGINAL}
    members = [
        {"file": name, "sha256": file_digest(tmp_path / name), "settings": s.deciding_weights()}
        for name, s in files.items()
    ]
    card = {"members": members, "turns": 4, "inference": INFERENCE.plain()}
    write_json(tmp_path / "card.json", card)
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
    digests = [file_digest(release / name) for name in ("model.weights.h5", "model_2.onnx")]
    assert read_release(release) == Release(
        folder=release,
        members=(
            Member(SETTINGS, release / "model.weights.h5", digests[0]),
            Member(ORIGINAL, release / "model_2.onnx", digests[1]),
        ),
        turns=4,
        inference=INFERENCE,
        tile_size=64,
        setting=SETTING,
    )
    assert [member.is_exported for member in read_release(release).members] == [False, True]


def test_the_digest_of_a_release_is_that_of_its_network_or_of_all():
    assert join_digests(["a"]) == "a"
    assert join_digests(["a", "b"]) == hashlib.sha256(b"ab").hexdigest()


@pytest.mark.parametrize("name", ["model.weights.h5", "model_2.onnx"])
def test_a_release_that_was_changed_or_lost_a_network_is_refused(release, name):
    with open(release / name, "ab") as stream:
        stream.write(b"x")
    with pytest.raises(DataError, match=rf"{name}: SHA-256 is \w+, the card says \w+"):
        read_release(release)
    (release / name).unlink()
    with pytest.raises(DataError, match=f"{name} is missing; give the folder of a trained"):
        read_release(release)


def test_a_release_without_its_threshold_is_refused(release):
    (release / "threshold.json").unlink()
    with pytest.raises(DataError, match=r"threshold.json is missing; give the folder"):
        read_release(release)


@pytest.mark.parametrize("key", ["turns", "inference"])
def test_a_card_without_what_a_user_must_know_is_refused(release, key):
    card = read_json(release / "card.json")
    del card[key]
    write_json(release / "card.json", card)
    with pytest.raises(DataError, match=rf"card.json: not the card of a release \('{key}'\)"):
        read_release(release)


def test_a_card_with_settings_of_an_earlier_version_is_refused(release):
    card = read_json(release / "card.json")
    settings = card["members"][0]["settings"]
    settings["kind"] = settings.pop("family")
    write_json(release / "card.json", card)
    with pytest.raises(DataError, match=r"card.json: not the card of a release (?s:.*)kind"):
        read_release(release)


def test_a_card_of_one_network_of_an_earlier_version_is_refused(release):
    card = read_json(release / "card.json")
    write_json(release / "card.json", {**card.pop("members")[0], **card})
    with pytest.raises(DataError, match=r"card.json: the card of an earlier version, without memb"):
        read_release(release)


def test_a_network_of_a_release_is_found_by_its_settings(release):
    assert find_member(release, SETTINGS)["file"] == "model.weights.h5"
    assert find_member(release, ORIGINAL)["file"] == "model_2.onnx"
    message = r"holds (a network with target boundary, but .* distance(, and )?){2}"
    with pytest.raises(DataError, match=message):
        find_member(release, UNet(family="unet", encoder="compact", target="distance"))


def test_an_installed_network_is_as_a_training_leaves_it(network, release, tmp_path):
    weights, card = tmp_path / "there" / "model.weights.h5", tmp_path / "there" / "card.json"
    install_network(release, SETTINGS, weights, card)
    assert read_json(card) == find_member(release, SETTINGS)
    one, other = load_network(SETTINGS, weights), load_network(SETTINGS, release / weights.name)
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_network_with_another_file_than_the_card_says_is_not_installed(release, tmp_path):
    (release / "model_2.onnx").write_bytes(b"another")
    with pytest.raises(DataError, match=r"model_2.onnx: SHA-256 is \w+, the card says \w+"):
        install_network(release, ORIGINAL, tmp_path / "a.weights.h5", tmp_path / "a.json")
    assert not (tmp_path / "a.weights.h5").exists()
