import gzip
import io
import json

import pytest
from drawn_nuclei import described, draw_ellipses
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import DataError
from nucleibench.slides import json_stream
from nucleibench.slides.geojson import write_geojson
from nucleibench.slides.geojson_reading import read_geojson
from nucleibench.slides.polygons import trace_outlines

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 2], [2, 2], [2, 1], [1, 1]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
MULTIPOLYGON = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [HOLE[::-1]]]}


def feature(kind="detection", geometry=POLYGON, **more):
    return {"type": "Feature", "geometry": geometry, "properties": {"objectType": kind}, **more}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture
def read(tmp_path):
    def read_value(value, **options):
        path = tmp_path / "nuclei.geojson"
        path.write_text(value if isinstance(value, str) else json.dumps(value))
        return list(read_geojson(path, **options).coordinates())

    return read_value


@pytest.mark.parametrize("suffix", [".geojson", ".geojson.gz"])
def test_what_is_written_is_read(tmp_path, suffix):
    labels = draw_ellipses()
    labels[30:50, 20:60] = 77
    labels[35:40, 30:40] = 0
    path = tmp_path / f"a{suffix}"
    write_geojson(path, "a.png", [described(labels)])
    expected = list(trace_outlines(labels).coordinates())
    assert list(read_geojson(path).coordinates()) == expected


@pytest.mark.parametrize(
    "value",
    [
        collection(feature()),
        [feature()],
        feature(),
        {"features": [feature()], "crs": {"a": [1, 2]}, "type": "FeatureCollection"},
        {"type": "Feature", "geometry": POLYGON, "properties": None},
        feature("annotation"),
        feature("cell", geometry=MULTIPOLYGON, nucleusGeometry=POLYGON),
    ],
)
def test_collections_arrays_and_single_features_of_all_kinds(read, value):
    assert read(value) == [[[SQUARE, HOLE]]]


def test_parts_and_holes(read):
    assert read([feature(geometry=MULTIPOLYGON)]) == [MULTIPOLYGON["coordinates"]]


def test_open_rings_are_closed_and_heights_left_out(read):
    ring = [[*place, 5] for place in SQUARE[:-1]]
    assert read(feature(geometry={"type": "Polygon", "coordinates": [ring]})) == [[[SQUARE]]]


def test_an_image_may_have_no_nuclei(read):
    assert read(collection()) == []
    assert read("[]") == []


def test_annotations_beside_detections_are_asked_about(read):
    mixed = [feature(), feature("annotation", MULTIPOLYGON), feature("tile")]
    with pytest.raises(DataError, match="1 of type detection, 1 of type annotation; say which"):
        read(mixed)
    assert read(mixed, object_types=["detection"]) == [[[SQUARE, HOLE]]]
    assert read(mixed, object_types=["annotation"]) == [MULTIPOLYGON["coordinates"]]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "feature 0"),
        ("{", "feature 0"),
        ('{"type": "FeatureCollection", "features": [', "feature 0"),
        (json.dumps(collection(feature(), feature()))[:-20], "feature 1"),
        ('{"type": "Topology"}', "its type is 'Topology'"),
        ("[1]", "feature 1: this is not a Feature"),
        (feature(geometry={"type": "Point", "coordinates": [1, 2]}), "this is a Point"),
        (feature(geometry=None), "this detection has no outline"),
        (feature("cell"), "this cell has no outline of a nucleus"),
        (feature(geometry={"type": "Polygon", "coordinates": []}), "fewer|not those"),
        (feature(geometry={"type": "Polygon", "coordinates": 3}), "not those of a polygon"),
        (feature(geometry={"type": "Polygon", "coordinates": [[]]}), "not pairs"),
        (feature(geometry={"type": "Polygon", "coordinates": [SQUARE[:2]]}), "three vertices"),
        (feature(geometry={"type": "Polygon", "coordinates": [[[1], [2], [3]]]}), "not pairs"),
        (feature(geometry={"type": "Polygon", "coordinates": [[["a", 1]] * 4]}), "could not"),
        (feature(geometry={"type": "Polygon", "coordinates": [[[None, 1]] * 4]}), "not pairs"),
        (feature(geometry={"type": "Polygon", "coordinates": [[[{}, 1]] * 4]}), "no numbers"),
    ],
)
def test_other_files_are_refused_in_words(read, value, message):
    with pytest.raises(DataError, match=message) as caught:
        read(value)
    assert "nuclei.geojson" in str(caught.value)
    assert "export the nuclei again" in str(caught.value)


def test_a_damaged_archive_is_refused_in_words(tmp_path):
    path = tmp_path / "a.geojson.gz"
    path.write_bytes(gzip.compress(json.dumps(collection(feature())).encode())[:-20])
    with pytest.raises(DataError, match="export the nuclei again"):
        read_geojson(path)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(st.lists(values, max_size=6), st.integers(1, 7), st.sampled_from([None, 1, 4]))
@settings(max_examples=100, deadline=None)
def test_values_are_read_whole_however_the_file_is_cut(items, chunk, indent):
    original = json_stream.CHUNK
    json_stream.CHUNK = chunk
    try:
        source = json_stream.JsonStream(io.StringIO(json.dumps(items, indent=indent)))
        assert list(source.items()) == items
    finally:
        json_stream.CHUNK = original
