import threading
from dataclasses import replace

import numpy as np
import pytest
from drawn_slides import ArrayRaster, draw_blobs, paint, same_nuclei, see, stand_in
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.labelling.instances import label_nuclei
from nucleibench.labelling.separations import SEPARATIONS
from nucleibench.labelling.stitch import predict_map
from nucleibench.slides import tiling
from nucleibench.slides.sweep import Division
from nucleibench.slides.trained_network import group_windows
from nucleibench.slides.whole_slide import SlideSettings, segment_slide, survey_slide

ALL = SlideSettings(tissue="all")


def segment(raster, network, division=None, chosen=ALL, progress=None):
    survey = survey_slide(raster, network.reference, chosen)
    return list(segment_slide(survey, network, chosen, progress, division))


def label_at_once(image, network):
    """Label the maps of the whole image, rounded as files of maps are."""
    inference = network.inference
    maps = predict_map(image, see, network.tile_size, inference.overlap, inference.batch_size)
    return label_nuclei(maps.astype(np.float16).astype(np.float32), network.setting)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    height=st.integers(5, 150),
    width=st.integers(5, 150),
    grain=st.sampled_from([1.0, 2.0, 4.0]),
    separation=st.sampled_from(list(SEPARATIONS)),
    threshold=st.sampled_from([0.3, 0.5, 0.6, 0.75]),
    pixel_size=st.sampled_from([0.25, 0.25, 0.47, 0.21]),
    blocks=st.sampled_from([1, 2, 3]),
    swaths=st.sampled_from([1, 2, 3]),
)
def test_nuclei_do_not_depend_on_how_a_slide_is_divided(
    seed, height, width, grain, separation, threshold, pixel_size, blocks, swaths
):
    raster = ArrayRaster(draw_blobs(seed, height, width, grain), pixel_size)
    network = stand_in(separation, threshold, depth=0.05, certainty=0.4)
    at_once = segment(raster, network, Division(16, 320, 320))
    blocked = segment(raster, network, Division(16, 16 * blocks, 320))
    expected = paint(raster.shape, at_once)
    np.testing.assert_array_equal(paint(raster.shape, blocked), expected)
    for one, other in zip(at_once, blocked, strict=True):
        assert one.cell == other.cell
        np.testing.assert_array_equal(one.certainty, other.certainty)
        np.testing.assert_array_equal(one.cut, other.cut)
    swathed = segment(raster, network, Division(16, 16 * blocks, 16 * blocks * swaths))
    assert same_nuclei(paint(raster.shape, swathed), expected)


@pytest.mark.parametrize("separation", SEPARATIONS)
@pytest.mark.parametrize("shape", [(150, 90), (20, 130)])
def test_an_image_of_one_cell_has_the_nuclei_of_its_whole_maps(separation, shape):
    image = draw_blobs(1, *shape)
    network = stand_in(separation, depth=0.05, certainty=0.4)
    expected = label_at_once(image, network)
    assert expected.max() > 3
    assert same_nuclei(paint(shape, segment(ArrayRaster(image), network)), expected)


@pytest.mark.parametrize("separation", SEPARATIONS)
def test_small_objects_in_many_cells_are_those_of_the_whole_maps(separation):
    image = draw_blobs(2, 160, 200, 1.5)
    network = stand_in(separation, 0.85, depth=0.05)
    parts = segment(ArrayRaster(image), network, Division(40, 40, 400))
    assert len(parts) == 20
    assert not any(part.cut.any() for part in parts)
    assert same_nuclei(paint((160, 200), parts), label_at_once(image, network))


def test_numbers_follow_cells_and_then_first_pixels():
    parts = segment(ArrayRaster(draw_blobs(3, 90, 90)), stand_in("none", 0.7), Division(32, 64, 96))
    assert [part.cell for part in parts] == sorted(part.cell for part in parts)
    seen = []
    for part in parts:
        numbers = part.labels[part.labels > 0]
        seen += list(dict.fromkeys(numbers.tolist()))
        assert len(part.certainty) == len(part.cut) == len(np.unique(numbers))
    assert seen == list(range(1, len(seen) + 1))


def test_parts_show_the_image_itself_and_mean_probabilities():
    image = draw_blobs(4, 64, 80)
    network = stand_in("none", 0.6)
    (part,) = segment(ArrayRaster(image), network)
    (top, left), (height, width) = part.corner, part.labels.shape
    np.testing.assert_array_equal(part.image, image[top : top + height, left : left + width])
    maps = predict_map(image, see, 32, 0.25, 3)[..., 0]
    window = maps[top : top + height, left : left + width]
    expected = [window[part.labels == number].mean() for number in range(1, part.labels.max() + 1)]
    np.testing.assert_allclose(part.certainty, expected, atol=1e-3)


def draw_bar(height, width, rows, columns):
    image = np.full((height, width, 3), (230, 180, 210), np.uint8)
    image[rows, columns] = (70, 40, 120)
    return image


def test_a_nucleus_across_cells_is_found_once_and_whole():
    image = draw_bar(64, 64, slice(10, 20), slice(11, 24))
    parts = segment(ArrayRaster(image), stand_in("none"), Division(16, 16, 64))
    assert [part.cell for part in parts] == [(0, 0)]
    assert paint((64, 64), parts)[10:20, 11:24].min() == 1


def test_an_object_larger_than_a_cell_is_cut_along_the_grid_and_told():
    image = draw_bar(64, 96, slice(20, 28), slice(8, 80))
    parts = segment(ArrayRaster(image), stand_in("none"), Division(32, 32, 96))
    labels = paint((64, 96), parts)
    assert labels.max() == 3
    assert all(part.cut.all() for part in parts)
    assert not labels[:, 32].any()
    assert not labels[:, 64].any()
    short = draw_bar(64, 96, slice(20, 28), slice(24, 48))
    (part,) = segment(ArrayRaster(short), stand_in("none"), Division(32, 32, 96))
    assert part.labels.max() == 1
    assert not part.cut.any()


@pytest.mark.parametrize(("pixel_size", "side"), [(0.5, 10), (0.25, 20), (0.125, 40), (0.3, 17)])
def test_nuclei_come_in_pixels_of_the_slide(pixel_size, side):
    image = draw_bar(100, 120, slice(30, 30 + side), slice(40, 40 + side))
    parts = segment(ArrayRaster(image, pixel_size), stand_in("none"))
    labels = paint((100, 120), parts)
    rows, columns = np.nonzero(labels)
    assert abs(rows.min() - 30) <= 1
    assert abs(columns.max() - (40 + side)) <= 2
    assert len(rows) == pytest.approx(side**2, rel=0.25)


@pytest.mark.parametrize("shape", [(1, 1), (1, 70), (33, 2), (31, 300)])
def test_images_of_any_shape_are_segmented(shape):
    dark = np.full((*shape, 3), (70, 40, 120), np.uint8)
    parts = segment(ArrayRaster(dark), stand_in("none", min_size=0))
    assert paint(shape, parts).min() == 1


def test_nothing_is_found_on_glass_and_black(slide_with_borders):
    raster, tissue = slide_with_borders
    network = stand_in("none", 0.2)
    found = paint(raster.shape, segment(raster, network, chosen=SlideSettings()))
    everything = paint(raster.shape, segment(raster, network))
    assert everything[~tissue].any()
    centres = [np.argwhere(found == number).mean(axis=0) for number in range(1, found.max() + 1)]
    assert centres
    assert all(tissue[tuple(np.round(centre).astype(int))] for centre in centres)


def test_ink_has_no_nuclei_however_the_slide_is_divided():
    image = draw_blobs(6, 192, 256)
    image[40:130, 60:150] = (10, 120, 130)
    raster, network = ArrayRaster(image, 0.5), stand_in("none")
    find = SlideSettings()
    at_once = paint(raster.shape, segment(raster, network, Division(16, 640, 640), find))
    blocked = paint(raster.shape, segment(raster, network, Division(16, 16, 32), find))
    assert at_once.any()
    assert same_nuclei(at_once, blocked)
    assert not at_once[50:120, 70:140].any()
    assert paint(raster.shape, segment(raster, network))[50:120, 70:140].any()


@pytest.fixture
def slide_with_borders():
    """A slide at 20x of blobs on glass with a black border, and where the tissue is at most."""
    image = np.full((400, 500, 3), 238, np.uint8)
    image[150:300, 200:350] = draw_blobs(5, 150, 150)
    image[:, :60] = 5
    tissue = np.zeros((400, 500), bool)
    tissue[100:350, 150:400] = True
    return ArrayRaster(image, 0.5), tissue


def test_glass_is_never_predicted(slide_with_borders):
    raster, _ = slide_with_borders
    pixels = []
    count = lambda tiles: pixels.append(tiles[..., 0].size) or see(tiles)  # noqa: E731
    counting = replace(stand_in("none"), predict=group_windows(count, 3))
    segment(raster, counting, chosen=SlideSettings())
    found = sum(pixels)
    segment(raster, counting)
    assert found < 0.5 * (sum(pixels) - found)


@pytest.mark.parametrize("division", [Division(16, 32, 64), Division(16, 16, 160)])
def test_windows_of_tissue_do_not_depend_on_how_a_slide_is_divided(
    slide_with_borders, monkeypatch, division
):
    monkeypatch.setattr(tiling, "STEP", 8)
    monkeypatch.setattr(tiling, "SEEN", 4)
    raster, _ = slide_with_borders
    sizes = set()
    note = lambda tiles: sizes.add(tiles.shape[1:]) or see(tiles)  # noqa: E731
    network = replace(stand_in("boundary", 0.4), predict=group_windows(note, 3))
    at_once = segment(raster, network, Division(16, 1600, 1600), SlideSettings())
    expected = paint(raster.shape, at_once)
    assert expected.max() > 10
    assert len(sizes) > 1
    found = segment(raster, network, division, SlideSettings())
    assert same_nuclei(paint(raster.shape, found), expected)


def test_a_slide_without_tissue_has_no_nuclei():
    glass = ArrayRaster(np.full((200, 300, 3), 240, np.uint8))
    told = []
    found = segment(glass, stand_in("none"), None, SlideSettings(), lambda *n: told.append(n))
    assert (found, told) == ([], [(0, 0)])


def test_progress_counts_tiles_to_the_last():
    told = []
    raster = ArrayRaster(draw_blobs(6, 90, 90))
    segment(raster, stand_in("none"), Division(16, 16, 32), progress=lambda *n: told.append(n))
    done, totals = zip(*told, strict=True)
    assert done[0] == 0
    assert list(done) == sorted(done)
    assert set(totals) == {done[-1]}


def test_what_is_held_at_a_time_does_not_grow_with_the_slide(monkeypatch):
    monkeypatch.setattr("nucleibench.slides.prediction.CHUNK", 64)
    largest = []
    for sides in [(200, 200), (800, 200), (200, 800)]:
        raster = ArrayRaster(draw_blobs(7, *sides))
        network = stand_in("none", 0.75)
        survey = survey_slide(raster, network.reference, ALL)
        raster.largest = 0
        parts = segment_slide(survey, network, ALL, division=Division(16, 32, 64))
        largest.append((raster.largest, max(part.labels.size for part in parts)))
    assert max(size for size, _ in largest) <= 64 * 64
    assert max(size for _, size in largest) <= (2 * 16 + 32) ** 2


def test_a_fault_while_reading_is_raised_and_no_thread_stays():
    before = threading.active_count()
    raster = ArrayRaster(draw_blobs(8, 150, 150))
    network = stand_in("none")
    survey = survey_slide(raster, network.reference, ALL)

    def fail(top, left, height, width):
        raise DataError("drawn: damaged")

    raster.read = fail
    with pytest.raises(DataError, match="damaged"):
        list(segment_slide(survey, network, ALL, division=Division(16, 16, 64)))
    assert threading.active_count() == before


def test_who_stops_early_leaves_no_thread():
    before = threading.active_count()
    raster = ArrayRaster(draw_blobs(9, 200, 200))
    network = stand_in("none")
    survey = survey_slide(raster, network.reference, ALL)
    parts = segment_slide(survey, network, ALL, division=Division(16, 16, 64))
    next(parts)
    parts.close()
    assert threading.active_count() == before


def test_the_size_of_pixels_must_be_known():
    raster = ArrayRaster(draw_blobs(10, 50, 50), None)
    network = stand_in("none")
    with pytest.raises(ConfigurationError, match="drawn does not state the size of its pixels"):
        survey_slide(raster, network.reference, ALL)
    given = SlideSettings(tissue="all", pixel_size=0.5)
    assert survey_slide(raster, network.reference, given).pixel_size == 0.5


def test_the_area_of_tissue_is_in_square_millimetres():
    raster = ArrayRaster(np.full((400, 500, 3), 240, np.uint8), 0.5)
    assert survey_slide(raster, stand_in("none").reference, ALL).tissue_mm2 == pytest.approx(0.05)
