import numpy as np
import shapely
from drawn_nuclei import draw_ellipses, label_maps
from hypothesis import given, settings

from nucleibench.slides.polygons import trace_outlines
from nucleibench.slides.simplify import simplify_outlines


def check(labels):
    exact = trace_outlines(labels)
    simple = simplify_outlines(exact)
    before, after = exact.geometries(), simple.geometries()
    assert shapely.is_valid(after).all()
    for one, other in zip(before, after, strict=True):
        assert shapely.hausdorff_distance(one.boundary, other.boundary, densify=0.1) <= 0.5 + 1e-9
        assert len(one.geoms) == len(other.geoms)
        for part in other.geoms:
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
    assert len(simple.vertices) <= len(exact.vertices)
    return exact, simple


@given(label_maps)
@settings(max_examples=200, deadline=None)
def test_simple_outlines_are_valid_and_within_half_a_pixel(labels):
    check(labels)


def test_outlines_of_nuclei_lose_a_third_of_their_vertices_and_hardly_any_area():
    exact, simple = check(draw_ellipses())
    assert len(simple.vertices) < 2 / 3 * len(exact.vertices)
    areas = [shapely.area(outlines.geometries()) for outlines in (simple, exact)]
    np.testing.assert_allclose(*areas, rtol=0.05)


def test_a_slope_becomes_a_line_and_a_box_stays_a_box():
    rows, columns = np.mgrid[:40, :40]
    box = np.zeros((40, 40), np.int32)
    box[5:30, 10:20] = 1
    assert set(map(tuple, check(box)[1].vertices)) == {(10, 5), (20, 5), (20, 30), (10, 30)}
    slope = (columns >= rows).astype(np.int32)
    assert len(check(slope)[1].vertices) <= 6
