"""GeoJSON: the pixels inside of outlines, with holes; what is no nucleus is told or refused."""

import json

import numpy as np
import pytest
from annotation_files import collection, feature
from drawn_members import octagon, square
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.measure import label

from nucleibench.data.annotations import ImageFacts, read_annotation
from nucleibench.errors import DataError
from nucleibench.slides.polygons import trace_outlines

IMAGE = ImageFacts("a", (100, 120), 0.25)


def read(value, name="a.geojson", image=IMAGE):
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return read_annotation(name, content, f"x.zip: {name}", image)


def test_corners_of_pixels_enclose_whole_pixels():
    labels = read(collection(feature(square(3, 5, 4)), feature(square(50, 60, 9)))).labels
    expected = np.zeros(IMAGE.shape, int)
    expected[5:9, 3:7], expected[60:69, 50:59] = 1, 2
    np.testing.assert_array_equal(labels, expected)


@pytest.mark.parametrize("name", ["a.geojson", "a.json"])
@pytest.mark.parametrize(
    "value",
    [
        collection(feature(square(3, 5, 4))),
        [feature(square(3, 5, 4))],
        feature(square(3, 5, 4)),
        feature(square(3, 5, 4))["geometry"],
        collection(feature(square(3, 5, 4), kind="MultiPolygon")),
        collection({**feature(square(3, 5, 4)), "properties": None}),
    ],
)
def test_every_form_that_programs_write(value, name):
    assert read(value, name).labels.sum() == 16


def test_holes_and_parts():
    holed = feature(square(10, 10, 30), square(20, 20, 10))
    parts = feature(square(60, 10, 8), square(60, 30, 8), kind="MultiPolygon")
    labels = read(collection(holed, parts)).labels
    assert (labels == 1).sum() == 30**2 - 10**2
    assert (labels == 2).sum() == 2 * 8**2
    assert not labels[20:30, 20:30].any()


def test_of_a_cell_the_nucleus_counts():
    cell = {
        **feature(square(10, 10, 30), objectType="cell"),
        "nucleusGeometry": feature(square(20, 20, 8))["geometry"],
    }
    assert read(collection(cell)).labels.sum() == 64
    del cell["nucleusGeometry"]
    with pytest.raises(DataError, match="feature 1 has no outline of a nucleus"):
        read(collection(cell))


def test_annotation_around_detections_is_a_frame():
    frame = feature(square(1, 1, 98), objectType="annotation")
    nuclei = [feature(square(10 * n, 20, 7), objectType="detection") for n in (1, 3, 5)]
    found = read(collection(frame, *nuclei))
    assert found.labels.max() == 3
    assert found.notes[0].startswith("layer annotation: region 1 encloses 3 other(s); taken for a")


def test_what_is_no_polygon_is_told():
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}
    found = read(collection(point, feature(square(3, 5, 4))))
    assert found.labels.sum() == 16
    assert found.notes == ("no polygon, left out: feature 1 (Point)",)


def test_no_nuclei():
    assert not read(collection()).labels.any()


def rings(factor, count=6, size=28):
    """Nuclei all over the image, in pixels times ``factor``."""
    outlines = [octagon(5 + 130 * (n % 3), 5 + 160 * (n // 3), size) for n in range(count)]
    return collection(*(feature(factor * np.asarray(outline)) for outline in outlines))


LARGE = ImageFacts("a", (220, 310), 0.25)


def test_micrometres_in_place_of_pixels_are_refused():
    assert read(rings(1), image=LARGE).notes == ()
    with pytest.raises(DataError) as caught:
        read(rings(0.25), image=LARGE)
    assert "all 6 outlines lie in the upper left 23% of the image's width" in str(caught.value)
    assert "not in pixels of the image; outlines in micrometres" in str(caught.value)


def test_next_level_of_a_slide_is_told():
    assert "of another level of a slide" in read(rings(0.5), image=LARGE).notes[0]


@pytest.mark.parametrize("factor", [2, 4])
def test_coordinates_of_a_larger_image_are_refused(factor):
    with pytest.raises(DataError, match=r"do not fit an image of 310 x 220 pixels; is it the anno"):
        read(rings(factor), image=LARGE)


# At 4 times the size, a nucleus covers more than half of a small image, as a frame does.
@pytest.mark.parametrize("at", [(400, 400), (-400, 5), (5, 400), (40, 40)])
def test_what_would_pass_for_a_frame_is_refused_outside_the_image(at):
    small = ImageFacts("a", (64, 64), 0.25)
    for others in ([], [feature(square(10, 10, 30))] if min(at) != 40 else []):
        with pytest.raises(DataError, match=r"fit an image of 64 x 64 pixels; is it the annotatio"):
            read(collection(feature(square(*at, 50)), *others), image=small)


def test_a_frame_that_leaves_the_image_is_no_nucleus_of_another_level():
    small = ImageFacts("a", (64, 64), 0.25)
    found = read(collection(feature(square(5, 5, 80)), feature(square(10, 10, 12))), image=small)
    assert found.labels.sum() == 12**2
    assert "taken for a frame" in found.notes[0]


def micrometres(count, pixel_size, image):
    """Nuclei of 7 micrometres all over an image; told as they are, nothing is odd."""
    places = [(10 + 90 * (n % 5), 10 + 90 * (n // 5)) for n in range(count)]
    nuclei = [np.asarray(octagon(*place, 7 / pixel_size)) for place in places]
    assert read(collection(*map(feature, nuclei)), image=image).notes == ()
    return collection(*(feature(pixel_size * outline) for outline in nuclei))


@pytest.mark.parametrize("count", range(2, 5))
def test_few_outlines_in_micrometres_are_told(count):
    image = ImageFacts("a", (400, 500), 0.25)
    told = " ".join(read(micrometres(count, 0.25, image), image=image).notes)
    assert f"all {count} outlines lie in the upper left" in told
    assert "outlines in micrometres, or of another level of a slide, must be brought to" in told


@pytest.mark.parametrize("count", [5, 12, 20])
def test_five_outlines_in_micrometres_are_refused_and_told_where_nuclei_may_be_so_small(count):
    image = ImageFacts("a", (400, 500), 0.25)
    with pytest.raises(DataError, match=f"all {count} outlines lie in the upper left"):
        read(micrometres(count, 0.25, image), image=image)
    coarse = ImageFacts("a", (400, 500), 0.5)
    told = " ".join(read(micrometres(count, 0.5, coarse), image=coarse).notes)
    assert f"all {count} outlines lie in the upper left" in told


def test_a_few_nuclei_of_a_nucleus_size_in_the_corner_are_nothing_odd():
    nuclei = [feature(square(5 + 30 * n, 5, 20)) for n in range(3)]
    assert read(collection(*nuclei), image=ImageFacts("a", (400, 500), 0.25)).notes == ()


def test_negative_coordinates_are_refused():
    with pytest.raises(DataError, match=r"outlines from \(-100\.5, "):
        read(collection(feature(square(-100, 5, 4))))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not readable as JSON"),
        (b'{"type": "FeatureCollection", "features": [', "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b"\xff\xfe\x00", "not readable as JSON"),
        (b'{"shapes": []}', "is neither GeoJSON"),
        (b"3", "is neither GeoJSON"),
        (b'{"type": "FeatureCollection"}', "feature 1 is no object"),
        (b"[3]", "feature 1 is no object"),
        (b'[{"type": "Feature"}]', "feature 1 has no outline"),
        (b'[{"type": "Feature", "geometry": null}]', "feature 1 has no outline"),
        (b'[{"geometry": {"type": "Polygon"}}]', "outline of feature 1 is damaged"),
        (b'[{"geometry": {"type": "Polygon", "coordinates": [[["a", 2]]]}}]', "is damaged"),
        (b'[{"geometry": {"type": "Polygon", "coordinates": [[[NaN, 2]]]}}]', "is not finite"),
        (b'[{"geometry": {"type": "Polygon", "coordinates": [[[1], [2]]]}}]', "is damaged"),
    ],
)
def test_damage_is_refused(content, message):
    with pytest.raises(DataError) as caught:
        read(content)
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.zip: a.geojson: ")


def written(labels):
    """Write outlines as the program does."""
    outlines = trace_outlines(labels)
    return collection(
        *(
            {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": parts}}
            for parts in outlines.coordinates()
        )
    )


@settings(max_examples=60, deadline=None)
@given(arrays(np.int32, (9, 11), elements=st.integers(0, 3)))
def test_labels_come_back_from_their_outlines(values):
    """Any labels, with holes, pieces and pieces in holes; large ones would be frames."""
    small = np.pad(values, ((0, 30), (0, 40)))
    found = read(written(small), image=ImageFacts("a", small.shape, 0.25)).labels
    distinct = np.unique(small)
    np.testing.assert_array_equal(found, np.searchsorted(distinct, small))


def test_real_forms_come_back():
    random = np.random.default_rng(0)
    labels = label(random.random((60, 60)) < 0.35, connectivity=1)
    image = ImageFacts("a", labels.shape, 0.25)
    np.testing.assert_array_equal(read(written(labels), image=image).labels, labels)
