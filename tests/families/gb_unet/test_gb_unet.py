import keras
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from nucleibench.compute.settings import Computation
from nucleibench.families.gb_unet.network import build_gb_unet, build_network
from nucleibench.families.gb_unet.predict import predict
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.gb_unet.train import train
from nucleibench.families.interface import PredictionJob, TrainingJob
from nucleibench.families.unet import network as unet
from nucleibench.families.unet.predict import map_predictor
from nucleibench.families.unet.settings import UNet
from nucleibench.files import read_json
from nucleibench.images import write_rgb
from nucleibench.labelling.maps import read_map
from nucleibench.labelling.settings import Inference
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingSettings

SETTINGS = GBUNet(family="gb_unet", stage_one=("a", "b"), filters=(4, 8))
FIRST = UNet(family="unet", encoder="compact")
TILE = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3), dtype=np.uint8)


def test_second_network_takes_the_image_and_stage_one_maps():
    network = build_gb_unet(6, (4, 8, 16), dropout=0.1, target="nucleus")
    maps = np.zeros((1, 64, 64, 6), np.float32)
    assert network([TILE, maps]).shape == (1, 64, 64, 2)
    assert any(isinstance(layer, keras.layers.Dropout) for layer in network.layers)


def test_second_network_has_two_maps_of_each_first_one():
    image, maps = build_network(SETTINGS).inputs
    assert (image.shape[-1], maps.shape[-1]) == (3, 4)


def test_training_reads_the_maps_of_the_first_stage(drawn_tiles, tmp_path):
    for name in SETTINGS.stage_one:
        np.save(tmp_path / f"{name}.npy", np.full((24, 32, 32, 2), ord(name), np.float16))
    train(
        TrainingJob(
            name="tiny",
            network=SETTINGS,
            training=TrainingSettings(execution="eager", batch_size=8, max_epochs=1),
            seed=5,
            tiles=drawn_tiles,
            first_weights=None,
            first_stage=[tmp_path / "a.npy", tmp_path / "b.npy"],
            code="code",
            states=tmp_path / "states",
            files=ModelFiles(*(tmp_path / name for name in ("m.weights.h5", "m.csv", "m.json"))),
            tell=print,
        )
    )
    build_network(SETTINGS).load_weights(tmp_path / "m.weights.h5")
    assert pd.read_csv(tmp_path / "m.csv")["epoch"].tolist() == [1]
    card = read_json(tmp_path / "m.json")
    assert card["settings"] == SETTINGS.deciding_weights()
    assert len(set(card["stage_one"])) == 2


def test_prediction_runs_the_first_stage_too(tmp_path):
    write_rgb(tmp_path / "images" / "x.png", TILE[0])
    first = [unet.build_network(FIRST) for _ in SETTINGS.stage_one]
    for name, network in zip(SETTINGS.stage_one, first, strict=True):
        network.save_weights(tmp_path / f"{name}.weights.h5")
    second = build_network(SETTINGS)
    second.save_weights(tmp_path / "second.weights.h5")
    predict(
        PredictionJob(
            network=SETTINGS,
            weights=tmp_path / "second.weights.h5",
            first_stage=[
                (FIRST.deciding_predictions(), tmp_path / f"{name}.weights.h5")
                for name in SETTINGS.stage_one
            ],
            turns=2,
            computation=Computation(execution="eager"),
            inference=Inference(),
            tile_size=64,
            images=["x"],
            images_folder=tmp_path / "images",
            output=tmp_path / "maps",
        )
    )
    expected = map_predictor(second, "nucleus", first, turns=2)(TILE)[0]
    np.testing.assert_allclose(read_map(tmp_path / "maps" / "x.npy"), expected, atol=1e-3)


@pytest.mark.parametrize(
    "other", [SETTINGS, UNet(family="unet", encoder="compact", target="distance")]
)
def test_first_networks_are_unets_that_tell_nucleus_from_background(other):
    assert list(SETTINGS.check({"a": FIRST, "b": FIRST}, TrainingSettings())) == []
    (problem,) = SETTINGS.check({"a": FIRST, "b": other}, TrainingSettings())
    assert problem == (
        "stage_one",
        "b is not a network of the family unet with target nucleus",
    )


@pytest.mark.parametrize(
    "wrong", [{"stage_one": []}, {"filters": [4]}, {"filters": [4, 0]}, {"dropout": 1}]
)
def test_settings_that_make_no_network_are_refused(wrong):
    with pytest.raises(ValidationError):
        GBUNet.read({**SETTINGS.plain(), **wrong})
