"""The network that comes along, run by Keras and in its exported form."""

from dataclasses import replace

import numpy as np
import pytest
from drawn_slides import ArrayRaster, paint

from nucleibench.data.synthetic import draw_image
from nucleibench.errors import ConfigurationError
from nucleibench.evaluate.scores import score_image
from nucleibench.slides import trained_network
from nucleibench.slides.planning import find_release
from nucleibench.slides.trained_network import load_trained_network, needs_keras
from nucleibench.slides.whole_slide import SlideSettings, segment_slide, survey_slide

RELEASE = find_release()
WITHOUT = replace(RELEASE, exported_sha256=None)
IMAGE, LAYOUT = draw_image("kidney", "drawn", 0, 384)
ALL = SlideSettings(tissue="all")


@pytest.fixture(scope="module")
def networks():
    return load_trained_network(RELEASE, turns=2), load_trained_network(WITHOUT, turns=2)


def test_both_give_the_same_maps(networks):
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), dtype=np.uint8)
    exported, keras = (n.predict(np.stack([IMAGE[:256, :256], noise])) for n in networks)
    assert exported.shape == keras.shape == (2, 256, 256, 2)
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


def test_keras_runs_a_network_on_accelerators_and_where_there_is_no_exported_form():
    assert not needs_keras(RELEASE)
    assert needs_keras(RELEASE, accelerators=1)
    assert needs_keras(WITHOUT)


def test_where_keras_is_missing_the_message_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(trained_network, "find_spec", lambda name: None)
    install = r"TensorFlow and Keras: pip install 'nucleibench\[train\]'"
    with pytest.raises(ConfigurationError, match=rf"compact_unet has no model.onnx; .* {install}"):
        needs_keras(WITHOUT)
    with pytest.raises(ConfigurationError, match=f"accelerators need {install}"):
        needs_keras(RELEASE, accelerators=1)
