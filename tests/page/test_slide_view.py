"""The parts of the page of a slide, without a browser."""

import base64
import io
import math

import numpy as np
import pandas as pd
import pytest
import shapely
from made_up_slide import PIXEL_SIZE, PLACES, RADIUS, SHAPE, make_slide
from PIL import Image

from nucleibench.errors import DataError
from nucleibench.images.raster import open_raster
from nucleibench.page.run import Run
from nucleibench.page.slides import section, writing
from nucleibench.page.slides.density import draw_density, measure_density
from nucleibench.page.slides.distributions import measure_distributions
from nucleibench.page.slides.marks import mark_circles, mark_outlines
from nucleibench.page.slides.pyramid import TILE, build_pyramid
from nucleibench.page.slides.results import read_results
from nucleibench.page.slides.writing import write_slide_page
from nucleibench.page.viewer.packing import unpack
from nucleibench.page.viewer.shapes import from_numbers
from nucleibench.slides.outlines import concatenate, nest
from nucleibench.slides.polygons import trace_outlines

AMPLE = 10**9


def decode(text: str) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(base64.b64decode(text))))


@pytest.fixture(scope="module")
def slide(tmp_path_factory):
    return make_slide(tmp_path_factory.mktemp("slide"))


@pytest.fixture(scope="module")
def pixels(slide):
    return np.array(Image.open(slide[0]))


def test_tiles_of_the_largest_picture_make_up_the_slide(slide, pixels):
    with open_raster(slide[0]) as raster:
        pyramid = build_pyramid(raster, AMPLE)
    assert (pyramid.width, pyramid.height, pyramid.scale, pyramid.levels) == (1200, 900, 1, 3)
    rows = [
        np.concatenate([decode(pyramid.tiles[f"2/{x}/{y}"]) for x in range(3)], axis=1)
        for y in range(2)
    ]
    assert np.abs(np.concatenate(rows).astype(int) - pixels).mean() < 4
    # 600 by 450, then 300 by 225: two tiles, then one.
    assert sum(name.startswith("1/") for name in pyramid.tiles) == 2
    assert decode(pyramid.tiles["0/0/0"]).shape == (225, 300, 3)


def test_a_picture_shrinks_until_it_fits(slide):
    with open_raster(slide[0]) as raster:
        limit = sum(map(len, build_pyramid(raster, AMPLE).tiles.values())) // 2
        small = build_pyramid(raster, limit)
        few = build_pyramid(raster, AMPLE, pixels=300 * 225)
        least = build_pyramid(raster, 1)
    assert sum(map(len, small.tiles.values())) <= limit
    assert small.scale < 1
    assert small.width == round(1200 * small.scale)
    assert (few.width, few.scale, few.levels) == (300, 0.25, 1)
    assert max(least.width, least.height) <= TILE


@pytest.mark.parametrize("scale", [1, 0.5, 0.1])
def test_outlines_lie_as_near_as_is_said(scale):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    labels = np.zeros(SHAPE, np.int32)
    for number, (x, y) in enumerate(PLACES, 1):
        labels[(columns - x) ** 2 + (rows - y) ** 2 <= RADIUS**2] = number
    exact = trace_outlines(labels)
    marks = mark_outlines(exact, SHAPE, scale, AMPLE)
    drawn = concatenate([from_numbers(unpack(t), 1 / marks.unit) for t in marks.squares.values()])
    assert len(drawn) == len(PLACES)
    assert marks.error <= (0.5 if scale == 1 else 0.9 / scale)
    tree = shapely.STRtree(drawn.geometries())
    for one in exact.geometries():
        other = drawn.geometries()[tree.nearest(one.centroid)]
        assert shapely.hausdorff_distance(one.boundary, other.boundary) <= marks.error + 1e-9


def test_outlines_that_take_too_much_become_coarser_and_then_none(slide):
    found = read_results(slide[1]).outlines
    fine = mark_outlines(found, SHAPE, 0.5, AMPLE)
    coarse = mark_outlines(found, SHAPE, 0.5, fine.size - 1)
    assert coarse.size < fine.size
    assert coarse.error > fine.error
    assert mark_outlines(found, SHAPE, 1, 10) is None
    assert mark_outlines(nest([]), SHAPE, 1, 10).squares == {}


def test_circles_have_the_areas_of_nuclei(slide):
    marks = mark_circles(read_results(slide[1]).nuclei, SHAPE, PIXEL_SIZE)
    circles = np.concatenate([unpack(text)[0].reshape(-1, 3) for text in marks.squares.values()])
    assert sorted(map(tuple, circles.tolist())) == sorted((x, y, RADIUS) for x, y in PLACES)
    for square, text in marks.squares.items():
        x, y, _ = unpack(text)[0].reshape(-1, 3).T // marks.side
        assert set(zip(x, y, strict=True)) == {tuple(map(int, square.split("/")))}


def test_density_is_nuclei_by_area():
    # Squares of 50 µm are 100 pixels: four columns of equal width, 87.5 pixels, and two rows.
    places = np.array([[10, 10], [20, 20], [310, 10], [150, 150]], float)
    density = measure_density(places, (200, 350), 0.5)
    cell = 0.05 * 0.04375
    expected = np.array([[2, 0, 0, 1], [0, 1, 0, 0]]) / cell
    np.testing.assert_allclose(density.values, expected)
    assert density.peak == pytest.approx(2 / cell)
    colors = decode(draw_density(density))
    assert colors[1, 1].tolist() == colors[0, 3].tolist() != colors[0, 0].tolist()
    assert colors[..., 3].tolist() == [[255, 0, 0, 255], [0, 255, 0, 0]]


def test_no_cell_of_the_density_is_a_sliver():
    place = np.array([[50, 200.5]])
    density = measure_density(place, (201, 100), 0.5)
    assert density.values.shape == (2, 1)
    assert density.peak == pytest.approx(1 / (0.05 * 0.05025))


def test_a_large_slide_has_larger_cells():
    density = measure_density(np.empty((0, 2)), (160_000, 1000), 0.25)
    assert (density.side, density.values.shape, density.peak) == (1000, (160, 1), 0)


def test_distributions_are_those_of_the_values():
    nuclei = pd.DataFrame({"area_um2": np.arange(101.0), "nearest_um": np.nan, "other": 1})
    (found,) = measure_distributions(nuclei)
    assert (found.name, found.unit, found.quartiles) == ("Area", "µm²", (25, 50, 75))
    assert (found.low, found.high) == (0.5, 99.5)
    assert max(found.bars) == 1
    assert found.words == "Area: median 50 µm², half of all from 25 to 75 µm²"


def test_one_value_alone_is_a_distribution_too():
    (found,) = measure_distributions(pd.DataFrame({"area_um2": [7.0, 7.0]}))
    assert found.quartiles == (7, 7, 7)
    assert sum(found.bars) == 1


def test_a_page_says_what_was_reduced_and_warned(tmp_path, slide, monkeypatch):
    write_slide_page(*slide, tmp_path / "whole.html")
    text = (tmp_path / "whole.html").read_text()
    assert 'class="note reduced"' not in text
    assert "a &lt;warning&gt;" in text
    assert "<dt>Nuclei</dt><dd>187 <" in text
    # The licence of OpenSeadragon goes where its code goes.
    assert "Copyright (C) 2009 CodePlex Foundation" in text
    monkeypatch.setattr(writing, "PICTURE_LIMIT", 3000)
    monkeypatch.setattr(writing, "MARKS_LIMIT", 10)
    write_slide_page(*slide, tmp_path / "less.html")
    text = (tmp_path / "less.html").read_text()
    assert "The picture is reduced: one of its pixels is" in text
    assert "Nuclei are drawn as circles" in text


def test_without_outlines_nuclei_are_circles_and_without_a_table_there_is_no_page(tmp_path):
    write_slide_page(*make_slide(tmp_path / "a", ("csv",)), tmp_path / "a.html")
    assert "Nuclei are drawn as circles" in (tmp_path / "a.html").read_text()
    with pytest.raises(DataError, match="no table of nuclei was written"):
        write_slide_page(*make_slide(tmp_path / "b", ("geojson",)), tmp_path / "b.html")


def test_the_run_lists_its_slides_and_leads_to_their_pages(tmp_path):
    run = Run(tmp_path, "run", (), {}, "monuseg", "breast")
    assert section.render(run) == ""
    folder = tmp_path / "slides"
    folder.mkdir()
    (folder / "b 1.html").touch()
    columns = {"slide": ["a", "b 1"], "patient": ["01", "02"], "nuclei": [1234, 5]}
    pd.DataFrame({**columns, "tissue_mm2": [math.nan, 2]}).to_csv(folder / "summary.csv")
    html = section.render(run)
    assert '<a href="slides/b%201.html">b 1</a>' in html
    assert ">a</th>" in html
    assert ">1,234</td>" in html
    assert ">01</td>" in html
