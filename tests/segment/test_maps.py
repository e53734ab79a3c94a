from functools import partial

import numpy as np
import pytest
from skimage.draw import disk

from nucleibench.errors import DataError
from nucleibench.images import read_labels, read_rgb, write_rgb
from nucleibench.segment.instances import PostProcessing
from nucleibench.segment.labelling import write_label_maps
from nucleibench.segment.maps import average_maps, label_map, read_map, write_map


def test_average_is_pixelwise(tmp_path):
    for member, value in (("a", 0.2), ("b", 0.6)):
        write_map(tmp_path / member / "x.npy", np.full((4, 5), value))
    average_maps([tmp_path / "a", tmp_path / "b"], tmp_path / "mean")
    np.testing.assert_allclose(read_map(tmp_path / "mean" / "x.npy"), 0.4, atol=1e-3)


def test_a_member_without_an_image_is_an_error(tmp_path):
    write_map(tmp_path / "a" / "x.npy", np.zeros((4, 4)))
    with pytest.raises(DataError, match=r"b/x.npy is missing; predict this method's images again"):
        average_maps([tmp_path / "a", tmp_path / "b"], tmp_path / "mean")


def test_maps_become_label_files(tmp_path):
    probabilities = np.zeros((60, 60))
    probabilities[disk((20, 20), 8)] = 1
    probabilities[disk((40, 45), 8)] = 1
    write_map(tmp_path / "maps" / "x.npy", probabilities)
    label = partial(
        label_map, settings=PostProcessing(0.5, 10, "none"), maps_folder=tmp_path / "maps"
    )
    write_label_maps(["x"], label, tmp_path / "out", workers=2)
    labels = read_labels(tmp_path / "out" / "x.tif")
    np.testing.assert_array_equal(labels > 0, probabilities > 0)
    assert labels.max() == 2


def test_prediction_of_a_folder(tmp_path):
    from nucleibench.models.unet import build_unet
    from nucleibench.segment.predict import map_predictor, predict_folder

    image = np.random.default_rng(0).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    write_rgb(tmp_path / "images" / "x.png", image)
    network = build_unet("compact", None, False, "nucleus")
    predict_folder(
        map_predictor(network, "nucleus"), ["x"], tmp_path / "images", tmp_path / "maps", 64, 0.5, 2
    )
    found = read_map(tmp_path / "maps" / "x.npy")
    assert found.shape == (70, 90)
    assert read_rgb(tmp_path / "images" / "x.png").shape == (70, 90, 3)
    assert 0 <= found.min() <= found.max() <= 1


def test_maps_are_averaged_over_tiles_laid_in_several_ways():
    from nucleibench.prepare.variation import turn_back, turn_square
    from nucleibench.segment.predict import average_turns

    tiles = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)

    def slope(tiles):  # sees direction, so that every way of laying a tile tells another story
        return np.cumsum(tiles, axis=2, dtype=float)

    found = average_turns(slope, 8)(tiles)
    expected = [turn_back(slope(turn_square(tiles[1], turn)[None])[0], turn) for turn in range(8)]
    np.testing.assert_allclose(found[1], np.mean(expected, axis=0))
    np.testing.assert_allclose(average_turns(slope, 1)(tiles), slope(tiles))
    np.testing.assert_allclose(average_turns(lambda t: t / 255, 8)(tiles), tiles / 255)


def test_second_stage_gets_the_first_stages_maps_from_before_the_softmax():
    from nucleibench.models.unet import build_gb_unet, build_unet, logits_of
    from nucleibench.segment.predict import map_predictor, stack_maps

    tiles = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    first = [build_unet("compact", None, False, "nucleus") for _ in range(2)]
    stacked = stack_maps([partial(logits_of(network), training=False) for network in first], tiles)
    assert stacked.shape == (2, 32, 32, 4)
    second = build_gb_unet(4, (4, 8), dropout=0.5, target="nucleus")
    expected = 1 - np.asarray(second([tiles, stacked], training=False))[..., 0]
    for execution in ("eager", "graph"):
        found = map_predictor(second, "nucleus", first, execution=execution)(tiles)
        np.testing.assert_allclose(found, expected, atol=1e-5)
