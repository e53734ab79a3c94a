"""Speed of the import, beside the usual way to do the same.

The numbers in parentheses are ratios to the fastest of a group. With NUCLEIBENCH_REAL_DATA set, the
real archives are measured too.
"""

import sys
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "data"))

from elementtree_loop import draw_polygons, label_map, read_polygons
from real_data import ARCHIVES, REAL_DATA, import_real_data

from nucleibench.data.aperio import drop_short_regions, encode_regions, read_regions
from nucleibench.data.polygons import rasterize_polygons
from nucleibench.data.synthetic import draw_image

SHAPE = (1000, 1000)


def synthetic_xml():
    """An image's worth of outlines with a vertex every pixel, as annotators leave them."""
    outlines = draw_image("breast", "bench", 0, SHAPE[0])[1].outlines
    return encode_regions(
        [
            np.stack([outline, (outline + np.roll(outline, -1, 0)) / 2], axis=1).reshape(-1, 2)
            for outline in outlines
        ]
    )


def real_xml():
    with ZipFile(Path(REAL_DATA) / "MoNuSegTestData.zip") as archive:
        return archive.read("MoNuSegTestData/TCGA-44-2665-01B-06-BS6.xml")


SOURCES = {"synthetic": synthetic_xml} | ({"real": real_xml} if REAL_DATA else {})


@pytest.fixture(params=SOURCES)
def xml(request, benchmark):
    benchmark.group = f"{request.node.originalname} ({request.param})"
    return SOURCES[request.param]()


def import_xml(xml):
    regions, _ = drop_short_regions(read_regions(xml, "bench.xml"))
    return rasterize_polygons(regions.vertices, regions.offsets, SHAPE)


@pytest.mark.parametrize(
    "way", [import_xml, lambda xml: label_map(xml, SHAPE)], ids=["ours", "loop"]
)
def test_xml_to_label_map(benchmark, xml, way):
    np.testing.assert_array_equal(benchmark(way, xml), label_map(xml, SHAPE))


@pytest.mark.parametrize(
    "way",
    [lambda xml: read_regions(xml, "bench.xml"), read_polygons],
    ids=["ours", "ElementTree"],
)
def test_xml_to_outlines(benchmark, xml, way):
    benchmark(way, xml)


@pytest.mark.parametrize("way", ["ours", "loop"])
def test_outlines_to_label_map(benchmark, xml, way):
    if way == "loop":
        benchmark(draw_polygons, read_polygons(xml), SHAPE)
    else:
        regions = read_regions(xml, "bench.xml")
        benchmark(rasterize_polygons, regions.vertices, regions.offsets, SHAPE)


@pytest.mark.benchmark(group="a synthetic image of 256 px")
def test_draw_image(benchmark):
    benchmark(draw_image, "breast", "bench", 0, 256)


def import_all(folder):
    for dataset in ARCHIVES:
        import_real_data(folder, dataset, workers=2)


@pytest.mark.benchmark(group="import of 44 MoNuSeg and 15 TNBC images, 2 processes")
@pytest.mark.skipif(not REAL_DATA, reason="NUCLEIBENCH_REAL_DATA is not set")
def test_import_real_data(benchmark, tmp_path):
    benchmark.pedantic(import_all, (tmp_path,), rounds=3)
