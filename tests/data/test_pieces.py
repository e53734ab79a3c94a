"""Pieces of label maps by runs, beside scikit-image's labelling of pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from skimage.measure import label

from nucleibench.data.pieces import find_pieces

SHAPES = array_shapes(min_dims=2, max_dims=2, max_side=9)
MAPS = arrays(np.int32, SHAPES, elements=st.sampled_from([0, 0, 1, 2, 7, 2**31 - 1]))


@given(MAPS)
def test_pieces_are_those_of_scikit_image(labels):
    found = find_pieces(labels)
    pieces = label(labels, background=0, connectivity=2)
    areas = np.bincount(pieces.ravel())[1:]
    value_of_piece = [labels[pieces == number][0] for number in range(1, len(areas) + 1)]
    expected = sorted(zip(value_of_piece, areas, strict=True))
    values = found.values[found.value_of_piece]
    assert sorted(zip(values, found.areas_of_pieces, strict=True)) == expected
    np.testing.assert_array_equal(found.values, np.unique(labels[labels > 0]))


@given(MAPS)
def test_values_are_numbered_in_their_order(labels):
    found = find_pieces(labels)
    np.testing.assert_array_equal(np.append(0, found.values)[found.numbered], labels)
    assert found.numbered.dtype == np.int32
    areas = [(labels == value).sum() for value in found.values]
    np.testing.assert_array_equal(found.areas, areas)


@pytest.mark.parametrize(("connected", "pieces"), [(True, 1), (False, 2)])
def test_a_spiral_is_one_piece(connected, pieces):
    """Its arms are several runs in one row, which join only rows further down."""
    labels = np.zeros((9, 9), np.int32)
    labels[1:8, 1] = labels[1:8, 7] = labels[7, 1:8] = 3
    labels[7, 4] = 3 if connected else 0
    assert find_pieces(labels).counts.tolist() == [pieces]
    assert find_pieces(labels).count_large(7).tolist() == [pieces]
    assert find_pieces(labels).count_large(10).tolist() == [int(connected)]
