import numpy as np
import pytest
import shapely
from drawn_nuclei import draw_ellipses, label_maps
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.draw import polygon
from skimage.measure import find_contours

from nucleibench.slides.outlines import concatenate, nest
from nucleibench.slides.polygons import trace_outlines
from nucleibench.slides.runs import draw_labels


def inside(geometry, shape):
    """Return which pixels' centres lie in a geometry, by shapely."""
    y, x = np.mgrid[: shape[0], : shape[1]] + 0.5
    return shapely.contains_xy(geometry, x, y)


@given(label_maps)
@settings(max_examples=300, deadline=None)
def test_outlines_enclose_exactly_the_pixels_of_their_nuclei(labels):
    outlines = trace_outlines(labels)
    numbers = np.unique(labels[labels > 0])
    geometries = outlines.geometries()
    assert len(outlines) == len(geometries) == len(numbers)
    assert shapely.is_valid(geometries).all()
    for number, geometry in zip(numbers, geometries, strict=True):
        assert geometry.area == np.sum(labels == number)
        np.testing.assert_array_equal(inside(geometry, labels.shape), labels == number)


@given(label_maps)
@settings(max_examples=100, deadline=None)
def test_rings_turn_as_geojson_wants_and_have_no_needless_vertex(labels):
    outlines = trace_outlines(labels)
    for geometry in outlines.geometries():
        for part in geometry.geoms:
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
    for start, stop in zip(outlines.rings[:-1], outlines.rings[1:], strict=True):
        ring = outlines.vertices[start:stop]
        np.testing.assert_array_equal(ring[0], ring[-1])
        along_x = np.diff(ring[:, 0]) != 0
        assert (along_x ^ np.roll(along_x, 1)).all()


@given(label_maps, st.integers(-9, 9), st.integers(-9, 9), st.data())
@settings(max_examples=100, deadline=None)
def test_drawing_outlines_gives_the_labels_again(labels, x, y, data):
    outlines, numbers = trace_outlines(labels, (x, y)), np.unique(labels[labels > 0])
    drawn = np.zeros_like(labels)
    draw_labels(drawn, outlines, numbers, (x, y))
    np.testing.assert_array_equal(drawn, labels)

    top, left = (data.draw(st.integers(0, side - 1)) for side in labels.shape)
    step = data.draw(st.integers(1, 4))
    part = np.ascontiguousarray(labels[top::step, left::step])
    drawn = np.zeros_like(part)
    draw_labels(drawn, outlines, numbers, (x + left, y + top), step)
    np.testing.assert_array_equal(drawn, part)


def test_outlines_lie_half_a_pixel_from_those_through_the_middles_of_edges():
    """scikit-image's marching squares, as an independent way round a nucleus."""
    labels = draw_ellipses()
    for number, geometry in enumerate(trace_outlines(labels).geometries(), start=1):
        middles = find_contours(np.pad(labels == number, 1), 0.5)
        assert len(middles) == len(geometry.geoms) == 1
        marched = shapely.Polygon(middles[0][:, ::-1] - 0.5)
        distance = shapely.hausdorff_distance(geometry.boundary, marched.boundary, densify=0.1)
        assert distance <= 0.5


def test_skimage_draws_the_same_pixels_from_the_outlines():
    labels = draw_ellipses()
    for number, geometry in enumerate(trace_outlines(labels).geometries(), start=1):
        x, y = np.array(geometry.geoms[0].exterior.coords).T
        drawn = np.zeros(labels.shape, bool)
        # Its pixel centres have whole coordinates.
        drawn[polygon(y - 0.5, x - 0.5, labels.shape)] = True
        np.testing.assert_array_equal(drawn, labels == number)


def test_a_nucleus_can_have_parts_and_holes_and_parts_in_holes():
    labels = np.zeros((9, 9), np.int32)
    labels[1:8, 1:8] = 5
    labels[2:7, 2:7] = 0
    labels[4, 4] = 5
    labels[0, 0] = 3
    outlines = trace_outlines(labels, origin=(100, 200))
    single, nested = outlines.coordinates()
    assert single == [[[[100, 200], [101, 200], [101, 201], [100, 201], [100, 200]]]]
    assert [len(part) for part in nested] == [2, 1]
    assert [ring[0] for part in nested for ring in part] == [[101, 201], [102, 202], [104, 204]]


@given(label_maps)
@settings(max_examples=50, deadline=None)
def test_outlines_do_not_depend_on_the_size_of_labels(labels):
    outlines, large = trace_outlines(labels), trace_outlines(labels.astype(np.int64) << 55)
    assert list(large.coordinates()) == list(outlines.coordinates())


def test_holes_stay_with_their_parts():
    """Two parts of one label, whose rings begin in turns, each with a hole."""
    labels = np.zeros((6, 9), np.int32)
    labels[:4, :4] = labels[1:5, 5:] = 2
    labels[1, 1] = labels[3, 7] = 0
    (nucleus,) = trace_outlines(labels).coordinates()
    corners = [[ring[0] for ring in part] for part in nucleus]
    assert corners == [[[0, 0], [1, 1]], [[5, 1], [7, 3]]]


def test_no_nuclei_have_no_outlines():
    outlines = trace_outlines(np.zeros((3, 4), np.int32))
    assert len(outlines) == 0
    assert list(outlines.coordinates()) == []
    labels = np.zeros((3, 4), np.int32)
    draw_labels(labels, outlines, np.empty(0, int))
    assert not labels.any()


def test_outlines_can_be_chosen_joined_and_nested_again():
    outlines = trace_outlines(draw_ellipses())
    some = outlines.select(np.array([3, 1]))
    assert list(some.coordinates()) == [list(outlines.coordinates())[place] for place in (3, 1)]
    whole = concatenate([some, outlines])
    assert len(whole) == len(outlines) + 2
    assert list(whole.coordinates())[2:] == list(outlines.coordinates())
    assert list(nest(list(some.coordinates())).coordinates()) == list(some.coordinates())


def test_only_exact_outlines_can_be_drawn():
    outlines = nest([[[[(0, 0), (2.5, 0), (2, 2), (0, 0)]]]])
    with pytest.raises(ValueError, match="only exact outlines"):
        draw_labels(np.zeros((3, 3), int), outlines, np.array([1]))
