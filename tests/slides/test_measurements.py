import itertools

import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_nuclei import PIXEL_SIZE, draw_ellipses, label_maps, random_image
from hypothesis import assume, given, settings
from scipy.special import ellipe
from skimage.color import separate_stains
from skimage.measure import regionprops

from nucleibench.slides.densities import STAINS, unmix
from nucleibench.slides.measurements import (
    MEASUREMENTS,
    OF_NEIGHBOURHOOD,
    OF_REGIONS,
    Neighbourhood,
    measure,
    measure_neighbourhood,
)
from nucleibench.slides.regions import Regions

OF_SKIMAGE = {
    "area_um2": lambda region: region.area * PIXEL_SIZE**2,
    "perimeter_um": lambda region: region.perimeter_crofton * PIXEL_SIZE,
    "x_px": lambda region: region.centroid[1] + 0.5,
    "y_px": lambda region: region.centroid[0] + 0.5,
    "x_um": lambda region: (region.centroid[1] + 0.5) * PIXEL_SIZE,
    "y_um": lambda region: (region.centroid[0] + 0.5) * PIXEL_SIZE,
    "major_axis_um": lambda region: region.axis_major_length * PIXEL_SIZE,
    "minor_axis_um": lambda region: region.axis_minor_length * PIXEL_SIZE,
    "eccentricity": lambda region: region.eccentricity,
}


def measured(labels, origin=(0, 0)):
    return measure(Regions(labels, random_image(labels), PIXEL_SIZE, origin))


def check_with_skimage(labels):
    table, regions = measured(labels), regionprops(labels)
    assert table["nucleus"].tolist() == [region.label for region in regions]
    for column, value in OF_SKIMAGE.items():
        expected = [value(region) for region in regions]
        # Square roots of differences: 1e-16 becomes 1e-8.
        np.testing.assert_allclose(table[column], expected, rtol=1e-6, atol=1e-6, err_msg=column)


@given(label_maps)
@settings(max_examples=150, deadline=None)
def test_measurements_are_those_of_scikit_image(labels):
    assume(labels.any())
    check_with_skimage(labels)


def test_measurements_of_ellipses_are_those_of_scikit_image():
    labels = draw_ellipses()
    check_with_skimage(labels)
    turns = [region.orientation for region in regionprops(labels)]
    np.testing.assert_allclose(measured(labels)["orientation_rad"], turns, rtol=1e-6)


def middles_of_edges(labels, number):
    y, x = np.nonzero(labels == number)
    steps = [(0.5, 0), (0.5, 1), (0, 0.5), (1, 0.5)]
    return np.concatenate([np.column_stack([x + right, y + down]) for right, down in steps])


@given(label_maps)
@settings(max_examples=100, deadline=None)
def test_hulls_are_those_of_shapely(labels):
    assume(labels.any())
    table = measured(labels)
    for row in table.itertuples():
        points = middles_of_edges(labels, row.nucleus)
        hull = shapely.convex_hull(shapely.multipoints(points))
        pixels = np.sum(labels == row.nucleus)
        assert row.solidity == pytest.approx(min(pixels / hull.area, 1), rel=1e-9)
        longest = max(np.hypot(*(a - b)) for a, b in itertools.combinations(points, 2))
        assert row.max_diameter_um == pytest.approx(longest * PIXEL_SIZE, rel=1e-9)
        ring = np.array(hull.exterior.coords)
        across = np.diff(ring, axis=0)[:, ::-1] * (-1, 1)
        spans = np.ptp(ring @ (across / np.hypot(*across.T)[:, None]).T, axis=0)
        assert row.min_diameter_um == pytest.approx(spans.min() * PIXEL_SIZE, rel=1e-9)


def drawn_ellipse(a, b, turn, centre=(60.3, 59.8)):
    y, x = np.mgrid[:120, :120] - np.reshape(centre, (2, 1, 1))
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return ((along / a) ** 2 + (across / b) ** 2 <= 1).astype(np.int32)


@pytest.mark.parametrize("turn", [0, 0.4, 1.1, -0.7])
@pytest.mark.parametrize(("a", "b"), [(30, 30), (40, 20), (15, 10)])
def test_ellipses_have_the_measurements_of_geometry(a, b, turn):
    row = measured(drawn_ellipse(a, b, turn)).iloc[0]
    side = PIXEL_SIZE
    assert row["area_um2"] == pytest.approx(np.pi * a * b * side**2, rel=0.02)
    around = 4 * a * ellipe(1 - (b / a) ** 2) * side
    assert row["perimeter_um"] == pytest.approx(around, rel=0.02)
    assert row["major_axis_um"] == pytest.approx(2 * a * side, rel=0.02)
    assert row["minor_axis_um"] == pytest.approx(2 * b * side, rel=0.02)
    assert row["max_diameter_um"] == pytest.approx(2 * a * side, rel=0.04)
    assert row["min_diameter_um"] == pytest.approx(2 * b * side, rel=0.04)
    assert row["eccentricity"] == pytest.approx(
        np.sqrt(1 - (b / a) ** 2), abs=0.15 if a == b else 0.02
    )
    assert row["solidity"] == pytest.approx(1, abs=0.03)
    circularity = 4 * np.pi * row["area_um2"] / around**2
    assert row["circularity"] == pytest.approx(circularity, abs=0.04)
    if a != b:
        # From the upright, anticlockwise as one sees it; ``turn`` is from x towards y downwards.
        expected = (np.pi / 2 - turn + np.pi / 2) % np.pi - np.pi / 2
        assert row["orientation_rad"] == pytest.approx(expected, abs=0.05)


def test_a_square_and_a_pixel():
    labels = np.zeros((30, 30), np.int32)
    labels[5:25, 5:25] = 1
    labels[0, 0] = 2
    square, pixel = measured(labels).to_dict("records")
    assert square["area_um2"] == 25
    assert square["solidity"] == 1
    assert square["min_diameter_um"] == 5
    assert square["eccentricity"] == 0
    assert square["x_px"] == square["y_px"] == 15
    assert pixel["major_axis_um"] == pixel["minor_axis_um"] == pixel["eccentricity"] == 0
    assert pixel["max_diameter_um"] == PIXEL_SIZE
    assert pixel["circularity"] <= 1
    assert pixel["hematoxylin_od_sd"] == 0
    assert (pixel["x_um"], pixel["y_um"]) == (PIXEL_SIZE / 2, PIXEL_SIZE / 2)


def test_nothing_depends_on_where_the_block_lies():
    labels = draw_ellipses()
    image = random_image(labels)
    whole = measure(Regions(labels, image, PIXEL_SIZE))
    # Without what touches the cut, so that all nuclei are whole in both.
    cut = np.unique([*labels[7], *labels[:, 13]])
    rest = np.where(np.isin(labels, cut), 0, labels)[7:, 13:]
    part = measure(Regions(rest, image[7:, 13:], PIXEL_SIZE, origin=(13, 7)))
    kept = whole[whole["nucleus"].isin(part["nucleus"])].reset_index(drop=True)
    assert len(part) > 10
    pd.testing.assert_frame_equal(part, kept, check_exact=True)


def test_densities_are_those_of_colour_deconvolution():
    labels = draw_ellipses()
    image = random_image(labels)
    table = measured(labels)
    unit = STAINS / np.linalg.norm(STAINS, axis=1, keepdims=True)
    residual = np.cross(*unit)
    mixing = np.stack([*unit, residual / np.linalg.norm(residual)])
    density = -np.log10(np.maximum(image, 1) / 255)
    stains = density @ np.linalg.inv(mixing)
    for channel, name in enumerate(("hematoxylin", "eosin")):
        values = [stains[labels == number, channel] for number in table["nucleus"]]
        np.testing.assert_allclose(table[f"{name}_od_mean"], [v.mean() for v in values])
        np.testing.assert_allclose(table[f"{name}_od_sd"], [v.std() for v in values])


def test_densities_are_in_proportion_to_those_of_scikit_image_and_know_white():
    """scikit-image takes matrices as they are given, and another logarithm."""
    colors = random_image(np.zeros((1, 50)))[0]
    unit = STAINS / np.linalg.norm(STAINS, axis=1, keepdims=True)
    residual = np.cross(*unit) / np.linalg.norm(np.cross(*unit))
    separated = separate_stains(colors / 255, np.linalg.inv(np.stack([*unit, residual])))[:, :2].T
    found = unmix(colors)
    # It cuts at 0 what has less than none of a stain.
    above = (found > 0) & (separated > 0) & (colors.min(axis=1) > 0)
    ratio = found[above] / separated[above]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-6)
    white = (240.0, 235.0, 245.0)
    np.testing.assert_allclose(unmix(np.array([[240, 235, 245], [255] * 3], np.uint8), white), 0)
    # A pixel of hematoxylin alone, at a density of 0.5.
    stained = np.rint(255 * 10 ** (-0.5 * unit[0])).astype(np.uint8)[None]
    np.testing.assert_allclose(unmix(stained)[:, 0], [0.5, 0], atol=0.01)


def test_neighbours_are_counted_by_centroids():
    random = np.random.default_rng(0)
    places = random.uniform(0, 300, (200, 2))
    table = measure_neighbourhood(Neighbourhood(places, workers=2))
    apart = np.hypot(*(places[:, None] - places).T)
    np.testing.assert_array_equal(table["neighbours_50um"], (apart <= 50).sum(axis=0) - 1)
    np.testing.assert_allclose(table["nearest_um"], np.sort(apart, axis=0)[1])
    alone = measure_neighbourhood(Neighbourhood(places[:1]))
    assert np.isnan(alone["nearest_um"][0])
    assert alone["neighbours_50um"][0] == 0


def test_blocks_and_images_without_nuclei_have_empty_tables():
    table = measured(np.zeros((4, 5), np.int32))
    assert table.columns.tolist() == ["nucleus", *OF_REGIONS]
    assert len(table) == 0
    around = measure_neighbourhood(Neighbourhood(np.empty((0, 2))))
    assert around.columns.tolist() == list(OF_NEIGHBOURHOOD)


def test_names_are_unique_and_told_what_they_mean():
    names = [entry.qupath for entry in MEASUREMENTS.values() if entry.qupath]
    assert len(set(names)) == len(names)
    assert {"Area µm^2", "Length µm", "Circularity", "Nucleus: Hematoxylin OD mean"} <= set(names)
    assert all(entry.meaning for entry in MEASUREMENTS.values())


def test_certainties_are_those_given():
    labels = np.array([[3, 0, 7]], np.int32)
    image = random_image(labels)
    given = Regions(labels, image, PIXEL_SIZE, certainty=np.array([0.5, 0.9]))
    assert measure(given)["certainty"].tolist() == [0.5, 0.9]
    assert measure(Regions(labels, image, PIXEL_SIZE))["certainty"].isna().all()
    with pytest.raises(ValueError, match="1 values of certainty for 2 nuclei"):
        Regions(labels, image, PIXEL_SIZE, certainty=np.array([0.5]))


def test_an_image_of_another_size_is_refused():
    with pytest.raises(ValueError, match="need an RGB uint8 image of the same size"):
        Regions(np.zeros((4, 5), np.int32), np.zeros((5, 4, 3), np.uint8), 0.25)
