"""Outlines as short text: nothing is lost but what simplifying takes."""

import base64
import zlib

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from nucleibench.page.viewer.packing import pack, unpack
from nucleibench.page.viewer.shapes import draw_shapes, from_numbers
from nucleibench.slides.polygons import trace_outlines

whole_numbers = arrays(np.int64, st.integers(0, 9), elements=st.integers(-(2**34) + 1, 2**34 - 1))
label_maps = arrays(np.int32, array_shapes(min_dims=2, max_dims=2, max_side=12),
                    elements=st.integers(0, 4))  # fmt: skip


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, [0]),
        (-1, [1]),
        (1, [2]),
        (63, [126]),
        (-64, [127]),
        (64, [128, 1]),
        (8192, [128, 128, 1]),
    ],
)
def test_small_numbers_take_one_byte_and_larger_ones_more(number, written):
    data = zlib.decompress(base64.b64decode(pack([np.array([number])])))
    assert list(data) == [2, *written]  # the length of the array, 1, is written as 2


@given(st.lists(whole_numbers, max_size=4))
def test_whole_numbers_come_back(given_arrays):
    found = unpack(pack(given_arrays))
    assert [array.tolist() for array in found] == [array.tolist() for array in given_arrays]


def test_a_box_is_four_steps():
    labels = np.zeros((9, 9), np.int32)
    labels[2:5, 3:7] = 1
    *counts, steps = draw_shapes(labels)
    assert [count.tolist() for count in counts] == [[1], [1], [4]]
    corners = np.cumsum(steps.reshape(-1, 2), axis=0) / 2
    assert set(map(tuple, corners)) == {(3, 2), (7, 2), (7, 5), (3, 5)}


@given(label_maps)
@settings(deadline=None)
def test_outlines_come_back_within_half_a_pixel_of_the_label_map(labels):
    drawn = from_numbers(unpack(pack(draw_shapes(labels)))).geometries()
    exact = trace_outlines(labels).geometries()
    assert len(drawn) == len(exact) == len(np.unique(labels[labels > 0]))
    for one, other in zip(exact, drawn, strict=True):
        assert shapely.hausdorff_distance(one.boundary, other.boundary, densify=0.1) <= 0.5 + 1e-9


def test_a_hole_stays_one():
    labels = np.ones((12, 12), np.int32)
    labels[4:8, 4:8] = 0
    (nucleus,) = from_numbers(draw_shapes(labels)).geometries()
    assert len(nucleus.geoms[0].interiors) == 1
    assert nucleus.area == 128


def test_an_empty_label_map_has_no_outlines():
    assert len(from_numbers(unpack(pack(draw_shapes(np.zeros((5, 5), np.int32)))))) == 0
