import gzip
import json
from pathlib import Path

import geojson
import jsonschema
import numpy as np
import pytest
import shapely
from drawn_nuclei import described, draw_ellipses, label_maps, store_in_strips
from hypothesis import HealthCheck, given, settings

from nucleibench.slides.geojson import write_geojson
from nucleibench.slides.measurements import MEASUREMENTS
from nucleibench.slides.polygons import trace_outlines

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "qupath.schema.json").read_text())


def check(path):
    """Check a file by QuPath's rules and return its features."""
    read = gzip.open if path.suffix == ".gz" else open
    with read(path, "rt", encoding="utf-8") as stream:
        text = stream.read()
    jsonschema.validate(json.loads(text), SCHEMA)
    collection = geojson.loads(text)
    assert collection.is_valid, collection.errors()
    return collection["features"]


@pytest.fixture
def blocks(tmp_path):
    with store_in_strips(tmp_path, draw_ellipses()) as store:
        yield list(store)


@given(label_maps)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_outlines_come_back_as_they_are(tmp_path, labels):
    path = tmp_path / "a.geojson"
    assert write_geojson(path, "a.png", [described(labels, (7, 9))]) == len(
        np.unique(labels[labels > 0])
    )
    geometries = [shapely.geometry.shape(feature["geometry"]) for feature in check(path)]
    for found, expected in zip(
        geometries, trace_outlines(labels, (7, 9)).geometries(), strict=True
    ):
        assert found.is_valid
        assert found.equals(expected)


def test_nuclei_are_detections_with_measurements_under_qupaths_names(blocks, tmp_path):
    path = tmp_path / "a.geojson"
    write_geojson(path, "a.png", blocks)
    features = check(path)
    tables = [block.table for block in blocks]
    assert len(features) == sum(map(len, tables))
    first, table = features[0], tables[0]
    assert first["properties"]["objectType"] == "detection"
    names = {column: entry.qupath for column, entry in MEASUREMENTS.items() if entry.qupath}
    assert set(first["properties"]["measurements"]) == set(names.values())
    for column, name in names.items():
        value = first["properties"]["measurements"][name]
        expected = table[column][0]
        assert value == ("NaN" if np.isnan(expected) else pytest.approx(expected, abs=5e-5))


def test_what_is_not_known_is_the_text_nan(tmp_path):
    labels = np.zeros((5, 5), np.int32)
    labels[1:3, 1:3] = 1
    with store_in_strips(tmp_path, labels) as store:
        write_geojson(tmp_path / "a.geojson", "a.png", store)
    (feature,) = check(tmp_path / "a.geojson")
    assert feature["properties"]["measurements"]["Nearest nucleus µm"] == "NaN"


def test_identifiers_are_of_the_image_and_the_nucleus(blocks, tmp_path):
    def identifiers(name, image):
        write_geojson(tmp_path / name, image, blocks)
        return [feature["id"] for feature in check(tmp_path / name)]

    one = identifiers("a.geojson", "a.png")
    assert len(set(one)) == len(one)
    assert identifiers("again.geojson", "a.png") == one
    assert not set(identifiers("b.geojson", "b.png")) & set(one)
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "again.geojson").read_bytes()


def test_a_class_can_be_given(blocks, tmp_path):
    write_geojson(tmp_path / "a.geojson", "a.png", blocks, classification="Nucleus")
    assert {f["properties"]["classification"]["name"] for f in check(tmp_path / "a.geojson")} == {
        "Nucleus"
    }


def test_simplified_and_compressed_files_are_smaller_and_repeat(blocks, tmp_path):
    sizes = []
    for name, simplified in (("a", False), ("b", True)):
        for suffix in (".geojson", ".geojson.gz"):
            path = tmp_path / (name + suffix)
            write_geojson(path, "a.png", blocks, simplified=simplified)
            again = tmp_path / ("again_" + path.name)
            write_geojson(again, "a.png", blocks, simplified=simplified)
            assert path.read_bytes() == again.read_bytes()
            assert len(check(path)) == sum(map(len, blocks))
            sizes.append(path.stat().st_size)
    plain, packed, simple, both = sizes
    assert both < packed < simple < plain
    coordinates = np.array(
        list(geojson.utils.coords(geojson.loads((tmp_path / "b.geojson").read_text())))
    )
    np.testing.assert_array_equal(coordinates, coordinates.round(2))


def test_no_nuclei_make_an_empty_collection_and_an_error_no_file(blocks, tmp_path):
    write_geojson(tmp_path / "a.geojson", "a.png", [])
    assert check(tmp_path / "a.geojson") == []

    def broken():
        yield blocks[0]
        raise OSError("no more room")

    with pytest.raises(OSError, match="no more room"):
        write_geojson(tmp_path / "b.geojson.gz", "b.png", broken())
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["a.geojson"]
