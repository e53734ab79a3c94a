import numpy as np
import pytest
from elementtree_loop import draw_polygons
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nucleibench.data.polygons import BATCH, rasterize_polygons


def rasterize(polygons, shape):
    polygons = [np.asarray(outline, float).reshape(-1, 2) for outline in polygons]
    vertices = np.concatenate([*polygons, np.empty((0, 2))])
    return rasterize_polygons(vertices, np.cumsum([0, *map(len, polygons)]), shape)


def square(left, top, side):
    return [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]


def test_outline_on_pixels_belongs_to_the_region():
    labels = rasterize([square(2, 1, 3)], (8, 9))
    expected = np.zeros((8, 9), np.int32)
    expected[1:5, 2:6] = 1
    np.testing.assert_array_equal(labels, expected)
    assert labels.dtype == np.int32


def test_outline_between_pixels_encloses_those_inside():
    assert rasterize([square(1.5, 1.5, 2)], (6, 6)).sum() == 4


def test_first_region_wins():
    labels = rasterize([square(1, 1, 2), square(2, 2, 2)], (6, 6))
    assert np.bincount(labels.ravel()).tolist() == [36 - 14, 9, 5]
    assert labels[3, 3] == 1


def test_region_without_a_pixel_leaves_no_gap():
    hidden, between, outside, visible = (
        square(1, 1, 1), square(3.2, 3.2, 0.5), square(20, 20, 3), square(5, 5, 1),
    )  # fmt: skip
    labels = rasterize([square(0, 0, 3), hidden, between, outside, visible], (8, 8))
    assert labels[5, 5] == 2
    assert labels.max() == 2


def test_what_lies_outside_is_left_out():
    labels = rasterize([square(-3, -2.5, 100)], (5, 7))
    assert (labels == 1).all()


def test_hole_of_a_self_crossing_outline_stays_empty():
    twice = square(0, 0, 9) + square(3, 3, 3)
    labels = rasterize([twice], (10, 10))
    assert labels[4, 4] == labels[5, 5] == 0
    assert labels[1, 1] == 1


@pytest.mark.parametrize("shape", [(0, 5), (5, 0), (1, 1)])
def test_smallest_images(shape):
    assert rasterize([square(0, 0, 3)], shape).shape == shape


def test_no_region_gives_background():
    assert not rasterize([], (4, 5)).any()


def test_order_holds_across_batches():
    # Each square shows one column, because the one before it has the rest.
    count = 2 * BATCH + 3
    labels = rasterize([square(i, 0, 1) for i in range(count)], (2, count + 1))
    np.testing.assert_array_equal(labels[0], [1, *range(1, count + 1)])


COORDINATES = {
    "whole": st.integers(-4, 24),
    "halves": st.integers(-8, 48).map(lambda value: value / 2),
    "tenths": st.integers(-40, 240).map(lambda value: value / 10),
    "any": st.floats(-4, 24, allow_subnormal=False, width=32),
}


@st.composite
def outlines(draw):
    """Draw polygons of any form, their vertices on a coarse grid so that edges meet pixels."""
    coordinate = COORDINATES[draw(st.sampled_from(sorted(COORDINATES)))]
    point = st.tuples(coordinate, coordinate)
    return draw(st.lists(st.lists(point, min_size=3, max_size=12), min_size=1, max_size=5))


@settings(max_examples=400, deadline=None)
@given(outlines(), st.tuples(st.integers(1, 24), st.integers(1, 24)))
@example([[(0, 0), (0, 0), (0, 0)]], (3, 3))
@example([[(1, 1), (5, 1), (3, 1)]], (3, 8))
@example([[(2, 2), (2, 7), (2, 4)]], (9, 4))
def test_equals_scikit_image_polygon_by_polygon(polygons, shape):
    expected = draw_polygons([np.array(outline, float) for outline in polygons], shape)
    np.testing.assert_array_equal(rasterize(polygons, shape), expected)


def rasterize_rings(rings, owners, hole_of, shape):
    vertices = np.concatenate([np.asarray(ring, float) for ring in rings])
    offsets = np.cumsum([0, *map(len, rings)])
    return rasterize_polygons(vertices, offsets, shape, np.array(owners), np.array(hole_of))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.tuples(st.integers(1, 24), st.integers(1, 24)))
def test_parts_and_holes_equal_those_drawn_one_by_one(data, shape):
    rings = data.draw(outlines())
    owners = sorted(
        data.draw(st.lists(st.integers(0, 2), min_size=len(rings), max_size=len(rings)))
    )
    owners = np.searchsorted(np.unique(owners), owners)
    hole_of = []
    for index, owner in enumerate(owners):
        outer = [i for i in range(index) if owners[i] == owner and hole_of[i] < 0]
        hole_of.append(data.draw(st.sampled_from([-1, *outer])))
    drawn = [draw_polygons([np.array(ring, float)], shape) > 0 for ring in rings]
    expected = np.zeros(shape, np.int32)
    for owner in range(owners[-1] + 1):
        covered = np.zeros(shape, bool)
        for outer in np.flatnonzero((owners == owner) & (np.array(hole_of) < 0)):
            holes = [drawn[hole] for hole in np.flatnonzero(np.array(hole_of) == outer)]
            covered |= drawn[outer] & ~np.any([np.zeros(shape, bool), *holes], axis=0)
        if (free := covered & (expected == 0)).any():
            expected[free] = expected.max() + 1
    np.testing.assert_array_equal(rasterize_rings(rings, owners, hole_of, shape), expected)


def test_rings_of_a_polygon_stay_together_across_batches():
    count = BATCH + 2
    rings = [square(4 * i, top, 1) for i in range(count) for top in (0, 4)]
    labels = rasterize_rings(rings, np.repeat(range(count), 2), [-1] * len(rings), (6, 4 * count))
    np.testing.assert_array_equal(labels[0, ::4], range(1, count + 1))
    np.testing.assert_array_equal(labels[4], labels[0])
