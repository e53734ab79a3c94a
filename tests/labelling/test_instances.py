from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage.draw import disk
from skimage.measure import label as measure_label
from skimage.morphology import local_maxima, reconstruction

from nucleibench.errors import DataError
from nucleibench.families.unet.maps import arrange_maps
from nucleibench.files import write_json
from nucleibench.labelling.instances import (
    PostProcessing,
    label_nuclei,
    list_settings,
    read_setting,
    remove_small,
)
from nucleibench.labelling.separation import separate_by_map
from nucleibench.labelling.separations import LEARNED, SEPARATIONS
from nucleibench.labelling.settings import Candidates
from nucleibench.labelling.smoothing import MAP_SIGMA
from nucleibench.prepare.targets import TARGETS


def drawn(*discs, size=100):
    probabilities = np.zeros((size, size), np.float32)
    for row, column, radius in discs:
        probabilities[disk((row, column), radius, shape=probabilities.shape)] = 0.9
    return probabilities


def label(probabilities, threshold=0.5, min_size=10, separation="none", depth=0.1):
    # Two maps beside the probability, or a network with nothing to say about nuclei's insides.
    if separation in LEARNED:
        probabilities = np.stack([probabilities, probabilities * 0, probabilities * 0], axis=-1)
    return label_nuclei(probabilities, PostProcessing(threshold, min_size, separation, depth))


def test_separate_discs_are_separate_nuclei():
    labels = label(drawn((20, 20, 10), (70, 70, 10)))
    assert labels.max() == 2
    assert labels.dtype == np.int32
    assert labels[20, 20] != labels[70, 70]


def test_holes_are_filled():
    probabilities = drawn((50, 50, 20))
    probabilities[45:55, 45:55] = 0
    assert label(probabilities)[50, 50] == 1


def test_small_objects_are_removed_and_numbers_closed():
    labels = label(drawn((20, 20, 1), (70, 70, 10)), min_size=20)
    assert set(np.unique(labels)) == {0, 1}
    assert labels[20, 20] == 0


def test_threshold_includes_its_value():
    probabilities = np.full((20, 20), 0.5, np.float32)
    assert label(probabilities).max() == 1
    assert label(probabilities, threshold=0.51).max() == 0


def test_diagonal_neighbours_do_not_touch():
    probabilities = np.zeros((20, 20), np.float32)
    probabilities[2:8, 2:8] = probabilities[8:14, 8:14] = 1
    assert label(probabilities).max() == 2


def test_watershed_parts_touching_discs_and_components_do_not():
    touching = drawn((50, 35, 15), (50, 62, 15))
    assert label(touching).max() == 1
    labels = label(touching, separation="watershed")
    assert labels.max() == 2
    assert labels[50, 35] != labels[50, 62]
    # The cut runs where the discs meet.
    cut = np.flatnonzero(np.diff(labels[50, 36:62])) + 36
    assert cut == pytest.approx(48, abs=2)


def test_watershed_leaves_one_disc_whole():
    assert label(drawn((50, 50, 20)), separation="watershed").max() == 1


@pytest.mark.parametrize("separation", SEPARATIONS)
def test_nothing_gives_nothing(separation):
    assert label(np.zeros((30, 30), np.float32), separation=separation).max() == 0


@settings(max_examples=30, deadline=None)
@given(
    arrays(np.float32, (24, 24), elements=st.floats(0, 1, width=32)),
    st.sampled_from(sorted(SEPARATIONS)),
)
def test_every_separation_labels_exactly_the_filled_mask(probabilities, separation):
    labels = label(probabilities, min_size=0, separation=separation)
    components = label(probabilities, min_size=0)
    np.testing.assert_array_equal(labels > 0, components > 0)
    assert set(np.unique(labels)) - {0} == set(range(1, labels.max() + 1))


def test_remove_small_counts_pixels():
    labels = np.array([[1, 1, 1], [2, 2, 0], [3, 0, 0]])
    np.testing.assert_array_equal(remove_small(labels, 2), [[1, 1, 1], [2, 2, 0], [0, 0, 0]])


def perfect_maps(target, truth):
    """What a network that makes no mistake says of the true labels."""
    drawn, classes = TARGETS[target].draw(truth), TARGETS[target].classes
    outputs = np.eye(classes, dtype=np.float32)[drawn[..., 0].astype(int)]
    return arrange_maps(np.concatenate([outputs, drawn[..., 1:]], axis=-1), classes)


@pytest.mark.parametrize("separation", LEARNED)
def test_a_perfect_network_parts_touching_nuclei(separation):
    """Four discs grown until they meet: one component, whose cuts every target must find."""
    truth = np.zeros((90, 90), np.int32)
    for number, (row, column) in enumerate([(30, 30), (30, 57), (57, 30), (57, 57)], start=1):
        free = np.zeros(truth.shape, bool)
        free[disk((row, column), 14)] = True
        truth[free & (truth == 0)] = number
    maps = perfect_maps(separation, truth)
    assert label_nuclei(maps, PostProcessing(0.5, 10, "none")).max() == 1
    labels = label_nuclei(maps, PostProcessing(0.5, 10, separation, 0.1))
    assert labels.max() == 4
    for number in range(1, 5):
        mine = truth == number
        same = labels == np.bincount(labels[mine]).argmax()
        assert (mine & same).sum() / (mine | same).sum() > 0.93


def test_an_object_without_a_peak_is_a_nucleus():
    labels = label(drawn((20, 20, 10), (70, 70, 10)), separation="distance")
    assert labels.max() == 2


def candidates(thresholds, depths, certainties, min_sizes):
    return Candidates.read(
        {
            "thresholds": thresholds,
            "depths": depths,
            "certainties": certainties,
            "min_sizes": min_sizes,
        }
    )


def test_candidates_vary_depths_only_where_they_count():
    shape = list_settings("watershed", candidates([0.4, 0.5], [0.3, 0.6], [0], [10, 20]))
    assert [(c.threshold, c.depth, c.min_size) for c in shape] == [
        (0.4, 0, 10), (0.4, 0, 20), (0.5, 0, 10), (0.5, 0, 20),
    ]  # fmt: skip
    learned = list_settings("distance", candidates([0.4], [0.3, 0.6], [0, 0.7], [10]))
    assert [(c.depth, c.certainty) for c in learned] == [(0.3, 0), (0.3, 0.7), (0.6, 0), (0.6, 0.7)]


def ridge(low):
    """Two maps of one mask: inside, two plateaus of 0.9 and 0.8 with a valley of 12 px between."""
    probabilities = np.full((40, 80), 0.9, np.float32)
    inside = np.full((40, 80), 0.9, np.float32)
    inside[:, 40:] = 0.8
    inside[:, 34:46] = low
    return np.stack([probabilities, inside], axis=-1)


@pytest.mark.parametrize(("depth", "nuclei"), [(0.25, 2), (0.35, 1)])
def test_peaks_are_apart_where_the_map_falls_by_more_than_the_depth(depth, nuclei):
    # From the lower plateau, 0.8, to the bottom of the valley at 0.5 it falls by 0.3.
    labels = label_nuclei(ridge(0.5), PostProcessing(0.5, 10, "boundary", depth))
    assert labels.max() == nuclei
    assert (labels > 0).all()


@settings(max_examples=20, deadline=None)
@given(arrays(np.float32, (24, 24), elements=st.floats(0, 1, width=32)), st.floats(0.02, 0.5))
def test_peaks_are_those_of_morphology(inside, depth):
    """Against scikit-image's reconstruction by dilation, which sorts all pixels instead."""
    mask = np.ones(inside.shape, bool)
    smooth = np.clip(ndimage.gaussian_filter(inside, MAP_SIGMA), 0, 1)
    height = np.rint(255 * smooth).astype(int)
    lowered = np.clip(height - max(1, round(255 * depth)), 0, None)
    peaks = local_maxima(reconstruction(lowered, height))
    expected = max(1, measure_label(peaks).max())
    assert separate_by_map(mask, np.stack([inside, inside], axis=-1), depth).max() == expected


def test_an_object_that_is_doubtful_as_a_whole_is_removed():
    probabilities = drawn((20, 20, 10), (70, 70, 10))
    probabilities[60:80, 60:80] *= 0.7  # 0.63, above the threshold
    for certainty, nuclei in ((0, 2), (0.6, 2), (0.7, 1), (0.95, 0)):
        chosen = PostProcessing(0.5, 10, "none", certainty=certainty)
        assert label_nuclei(probabilities, chosen).max() == nuclei


def test_a_setting_of_an_earlier_version_is_refused(tmp_path):
    write_json(tmp_path / "threshold.json", asdict(PostProcessing(0.5, 10, "none")))
    assert read_setting(tmp_path / "threshold.json") == PostProcessing(0.5, 10, "none")
    write_json(tmp_path / "threshold.json", {"threshold": 0.5, "marker": 0.7})
    with pytest.raises(
        DataError, match=r"threshold.json: not a chosen setting .* 'marker'.*; choose it"
    ):
        read_setting(tmp_path / "threshold.json")
