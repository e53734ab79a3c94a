from functools import partial

import numpy as np
import pytest
from skimage.draw import disk

from nucleibench.families.unet import label
from nucleibench.families.unet.method import NetworkMapMethod
from nucleibench.images import read_labels
from nucleibench.images.resampling import Scale
from nucleibench.labelling.instances import PostProcessing, label_nuclei
from nucleibench.labelling.label_maps import write_label_maps
from nucleibench.labelling.maps import read_map, write_map
from nucleibench.labelling.settings import Candidates

METHOD = NetworkMapMethod(network="a")


@pytest.fixture
def probabilities():
    probabilities = np.zeros((60, 60))
    probabilities[disk((20, 20), 8)] = 1
    probabilities[disk((40, 45), 8)] = 1
    return probabilities


def test_maps_become_label_files(probabilities, tmp_path):
    write_map(tmp_path / "maps" / "x.npy", probabilities)
    label_image = partial(
        label.label_image,
        setting=PostProcessing(0.5, 10, "none"),
        method=METHOD,
        sources=[tmp_path / "maps"],
    )
    write_label_maps({"x": Scale((60, 60))}, label_image, tmp_path / "out", workers=2)
    labels = read_labels(tmp_path / "out" / "x.tif")
    np.testing.assert_array_equal(labels > 0, probabilities > 0)
    assert labels.max() == 2


def test_several_networks_are_averaged_before_they_are_labelled(probabilities, tmp_path):
    write_map(tmp_path / "a" / "x.npy", probabilities)
    write_map(tmp_path / "b" / "x.npy", probabilities * (np.arange(60) < 30))
    sources = [tmp_path / "a", tmp_path / "b"]
    found = {
        threshold: label.label_image("x", PostProcessing(threshold, 10, "none"), METHOD, sources)
        for threshold in (0.4, 0.6)
    }
    assert (found[0.4].max(), found[0.6].max()) == (2, 1)


def test_candidates_that_differ_in_artefacts_alone_share_the_separation(
    probabilities, tmp_path, monkeypatch
):
    def count(maps, setting):
        separated.append(setting)
        return label_nuclei(maps, setting)

    separated = []
    monkeypatch.setattr(label, "label_nuclei", count)
    write_map(tmp_path / "x.npy", probabilities * 0.9)
    candidates = Candidates(thresholds=(0.5, 0.7), certainties=(0.0, 0.8), min_sizes=(10, 1000))
    settings = label.list_candidates(METHOD, candidates)
    for setting in settings:
        found = label.label_image("x", setting, METHOD, [tmp_path])
        np.testing.assert_array_equal(found, label_nuclei(read_map(tmp_path / "x.npy"), setting))
    assert (len(settings), len(separated)) == (8, 2)
