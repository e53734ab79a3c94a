from functools import partial

import numpy as np

from nucleibench.compute.settings import Computation
from nucleibench.families.gb_unet.network import build_gb_unet
from nucleibench.families.interface import PredictionJob
from nucleibench.families.unet.maps import arrange_maps, average_turns
from nucleibench.families.unet.network import build_network, build_unet, logits_of
from nucleibench.families.unet.predict import map_predictor, predict, stack_maps
from nucleibench.families.unet.settings import UNet
from nucleibench.images import read_rgb, write_rgb
from nucleibench.labelling.maps import read_map
from nucleibench.labelling.settings import Inference
from nucleibench.prepare.tiles import turn_back, turn_square


def test_prediction_of_a_folder(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (70, 90, 3), dtype=np.uint8)
    write_rgb(tmp_path / "images" / "x.png", image)
    settings = UNet(family="unet", encoder="compact")
    build_network(settings).save_weights(tmp_path / "model.weights.h5")
    predict(
        PredictionJob(
            network=settings,
            weights=tmp_path / "model.weights.h5",
            first_stage=(),
            turns=1,
            computation=Computation(execution="eager"),
            inference=Inference(size=64, overlap=0.5, batch_size=2),
            tile_size=32,
            images=["x"],
            images_folder=tmp_path / "images",
            output=tmp_path / "maps",
        )
    )
    found = read_map(tmp_path / "maps" / "x.npy")
    assert found.shape == (70, 90)
    assert 0 <= found.min() < found.max() <= 1
    np.testing.assert_array_equal(read_rgb(tmp_path / "images" / "x.png"), image)


def test_maps_are_averaged_over_tiles_laid_in_several_ways():
    tiles = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)

    def slope(tiles):  # sees direction, so that every way of laying a tile tells another story
        return np.cumsum(tiles, axis=2, dtype=float)

    found = average_turns(slope, 8)(tiles)
    expected = [turn_back(slope(turn_square(tiles[1], turn)[None])[0], turn) for turn in range(8)]
    np.testing.assert_allclose(found[1], np.mean(expected, axis=0))
    np.testing.assert_allclose(average_turns(slope, 1)(tiles), slope(tiles))
    np.testing.assert_allclose(average_turns(lambda t: t / 255, 8)(tiles), tiles / 255)


def test_second_stage_gets_the_first_stages_maps_from_before_the_softmax():
    tiles = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    first = [build_unet("compact", None, False, "nucleus") for _ in range(2)]
    stacked = stack_maps([partial(logits_of(network), training=False) for network in first], tiles)
    assert stacked.shape == (2, 32, 32, 4)
    second = build_gb_unet(4, (4, 8), dropout=0.5, target="nucleus")
    expected = 1 - np.asarray(second([tiles, stacked], training=False))[..., 0]
    for execution in ("eager", "graph"):
        found = map_predictor(second, "nucleus", first, execution=execution)(tiles)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_maps_are_nucleus_then_inside_then_the_rest():
    outputs = np.array([0.2, 0.5, 0.3, 7.0])
    np.testing.assert_allclose(arrange_maps(outputs, classes=3), [0.8, 0.5, 7.0])
    np.testing.assert_allclose(arrange_maps(outputs[None, :2], classes=2), [0.8])
