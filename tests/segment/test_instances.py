import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.draw import disk

from nucleibench.segment.instances import SEPARATIONS, PostProcessing, label_nuclei, remove_small


def drawn(*discs, size=100):
    probabilities = np.zeros((size, size), np.float32)
    for row, column, radius in discs:
        probabilities[disk((row, column), radius, shape=probabilities.shape)] = 0.9
    return probabilities


def label(probabilities, threshold=0.5, min_size=10, separation="none"):
    return label_nuclei(probabilities, PostProcessing(threshold, min_size, separation))


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
