"""The networks that come with the library, run by Keras and in their exported form."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_slides import ArrayRaster, paint

from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError
from nucleibench.evaluate.scores import score_image
from nucleibench.families.unet.release import Member
from nucleibench.slides import trained_network
from nucleibench.slides.planning import find_release
from nucleibench.slides.trained_network import load_trained_network, needs_keras
from nucleibench.slides.whole_slide import SlideSettings, segment_slide, survey_slide

RELEASE = find_release()
IMAGE, LAYOUT = draw_image("kidney", "drawn", 0, 384)
ALL = SlideSettings(tissue="all")


@pytest.fixture(scope="module")
def networks():
    return [load_trained_network(RELEASE, turns=2, accelerators=count) for count in (0, 1)]


def test_both_give_the_same_maps(networks):
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    tiles = np.concatenate([IMAGE[:256, :256], noise], axis=-1)[None]
    exported, keras = (np.stack(list(network.predict(tiles))) for network in networks)
    assert exported.shape == keras.shape == (1, 256, 256, 2)
    np.testing.assert_allclose(exported, keras, atol=1e-4)


def test_both_find_the_same_nuclei(networks):
    exported, keras = (label(network) for network in networks)
    assert keras.max() > 50
    assert score_image(keras, exported)["aji"] > 0.99
    assert score_image(LAYOUT.labels, exported)["aji"] > 0.5


def label(network):
    survey = survey_slide(ArrayRaster(IMAGE), network.reference, ALL)
    return paint(IMAGE.shape[:2], segment_slide(survey, network, ALL))


def test_the_runtime_is_named_with_its_version(networks):
    exported, keras = networks
    assert exported.runtime.startswith("onnxruntime 1.")
    assert keras.runtime.startswith("keras 3.")
    assert " on tensorflow 2." in keras.runtime


def test_the_maps_are_the_mean_of_what_each_network_finds_in_its_colours(networks):
    exported, _ = networks
    alone = [load_trained_network(replace(RELEASE, members=(m,)), turns=2) for m in RELEASE.members]
    assert [network.views for network in alone] == [("normalized",), ("original",), ("original",)]
    assert exported.views == ("normalized", "original")
    views = [IMAGE[None, :256, :256], 255 - IMAGE[None, :256, :256]]
    seen = dict(zip(exported.views, views, strict=True))
    maps = [list(network.predict(seen[network.views[0]])) for network in alone]
    np.testing.assert_allclose(
        list(exported.predict(np.concatenate(views, axis=-1))), np.mean(maps, axis=0), atol=1e-6
    )


@pytest.fixture
def saved(tmp_path):
    """A release of which Keras alone can run the second network."""
    saved = Member(RELEASE.members[1].network, tmp_path / "model_2.weights.h5", "")
    return replace(RELEASE, members=(RELEASE.members[0], saved))


def test_keras_runs_networks_on_accelerators_and_where_one_has_no_exported_form(saved):
    assert not needs_keras(RELEASE)
    assert needs_keras(RELEASE, accelerators=1)
    assert needs_keras(saved)


def test_where_keras_is_missing_the_message_says_how_to_install_it(monkeypatch, saved):
    monkeypatch.setattr(trained_network, "find_spec", lambda name: None)
    install = r"TensorFlow and Keras: pip install 'nucleibench\[train\]'"
    with pytest.raises(ConfigurationError, match=rf"model_2.weights.h5 needs {install}"):
        needs_keras(saved)
    with pytest.raises(ConfigurationError, match=f"accelerators need {install}"):
        needs_keras(RELEASE, accelerators=1)
