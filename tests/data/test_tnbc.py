import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from nucleibench.data.tnbc import instances


def test_binary_mask_splits_into_components():
    mask = np.zeros((6, 9), np.uint8)
    mask[1:3, 1:3] = mask[4, 5:8] = 255
    labels = instances(mask)
    assert labels.dtype == np.int32
    assert labels.max() == 2
    assert labels[1, 1] == 1
    assert labels[4, 5] == 2


def test_diagonal_neighbours_are_one_nucleus():
    assert instances(np.eye(4, dtype=np.uint8) * 255).max() == 1


def test_instance_map_keeps_touching_nuclei_apart_and_pieces_together():
    mask = np.array([[7, 7, 3, 3, 0, 7]], np.uint16)
    np.testing.assert_array_equal(instances(mask), [[2, 2, 1, 1, 0, 2]])


@pytest.mark.parametrize("value", [0, 1, 255])
def test_uniform_mask(value):
    assert (instances(np.full((3, 4), value, np.uint8)) == (value > 0)).all()


@given(arrays(bool, (7, 8), elements=st.booleans()))
def test_components_equal_those_of_scipy(mask):
    expected, count = ndimage.label(mask, np.ones((3, 3)))
    labels = instances(mask.astype(np.uint8) * 255)
    assert labels.max(initial=0) == count
    assert len({*zip(labels.flat, expected.flat, strict=True)}) == len(np.unique(expected))
