"""Outlines that are drawn, though something is odd about them: it is told by region."""

import json

import numpy as np
import pytest
from annotation_files import collection, feature, outlined
from drawn_members import octagon, square
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.data.odd_outlines import find_rectangles
from nucleibench.data.regions import collect_regions

SIDE = st.integers(0, 2)
IMAGE = ImageFacts("a", (200, 300), 0.25)
NUCLEI = [octagon(5 + 40 * n, 60, 20) for n in range(6)]


def read(value):
    return read_annotation("a.json", json.dumps(value).encode(), "a.json", IMAGE)


def test_nuclei_are_nothing_odd():
    assert read(collection(*map(feature, NUCLEI))).notes == ()


def test_many_nuclei_in_one_multipolygon_are_told():
    found = read(collection(feature(*NUCLEI, kind="MultiPolygon")))
    assert found.labels.max() == 1
    assert found.notes == (
        "region 1 (6 parts): several outlines in one region, counted as one nucleus",
    )


def test_parts_of_coco_are_told():
    images = [{"id": 1, "file_name": "a.png"}]
    value = {"images": images, "annotations": [outlined(*NUCLEI[:2])], "categories": []}
    assert "region 1 (2 parts)" in read(value).notes[0]


def test_an_outline_that_crosses_itself_is_told():
    bow = np.array([(10, 10), (40, 40), (40, 10), (10, 40)])
    found = read(collection(feature(bow), *map(feature, NUCLEI)))
    assert found.notes == (
        "region 1: the outline crosses itself; what it encloses twice is left out",
    )


def test_an_outline_that_goes_round_twice_is_told():
    twice = np.concatenate([octagon(10, 5, 30), octagon(11, 6, 28)])
    assert (
        "region 7: the outline crosses"
        in read(collection(*map(feature, [*NUCLEI, twice]))).notes[0]
    )


def test_a_loop_of_a_shaking_hand_is_nothing_odd():
    loop = np.array([(10, 5), (12, 5), (10.5, 6), (11, 4), (40, 5), (40, 35), (10, 35)])
    assert read(collection(feature(loop), *map(feature, NUCLEI))).notes == ()


def test_boxes_in_place_of_outlines_are_told():
    boxes = [square(5 + 40 * n, 60, 20) for n in range(6)]
    told = "6 of 6 regions are rectangles (region 1, region 2, region 3 and 3 more); are they boxes"
    assert read(collection(*map(feature, boxes))).notes[0].startswith(told)


def test_a_field_without_nuclei_is_told():
    field = feature(square(5, 100, 60), classification={"name": "Region"})
    (note,) = read(collection(*map(feature, NUCLEI), field)).notes
    assert note.startswith("1 of 7 regions are rectangles (region 7 of layer Region)")


def test_a_small_square_among_nuclei_is_nothing_odd():
    assert read(collection(*map(feature, NUCLEI), feature(square(5, 100, 20)))).notes == ()


@pytest.mark.parametrize("name", ["Ignore*", "Region*"])
def test_what_qupath_ignores_is_left_out_and_told(name):
    ignored = [feature(octagon(5, 100, 20), classification={"name": name})]
    found = read(collection(*map(feature, NUCLEI), *ignored))
    assert found.labels.max() == len(NUCLEI)
    assert found.notes == (f"of a class that QuPath ignores, left out: feature 7 ({name})",)


def enclosed(ring):
    """Return the area of a ring by the shoelace formula."""
    turned = [*ring[1:], ring[0]]
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(ring, turned, strict=True))) / 2


@given(st.lists(st.lists(st.tuples(SIDE, SIDE), min_size=3, max_size=6), min_size=1, max_size=5))
def test_a_rectangle_has_four_corners_two_values_on_each_axis_and_its_area(rings):
    names = [str(number) for number in range(len(rings))]
    regions = collect_regions(names, [""] * len(rings), [[[np.array(ring)]] for ring in rings])
    expected = []
    for ring in rings:
        x, y = ({point[axis] for point in ring} for axis in (0, 1))
        area = (max(x) - min(x)) * (max(y) - min(y))
        expected.append(len(x) == len(y) == 2 and enclosed(ring) == area)
    assert find_rectangles(regions).tolist() == expected
