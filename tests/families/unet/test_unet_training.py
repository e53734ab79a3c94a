"""Training from files to files: what is resumed, and what is not."""

import shutil
from dataclasses import replace

import keras
import numpy as np
import pandas as pd
import pytest

from nucleibench.errors import DataError
from nucleibench.families.gb_unet.network import build_network
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import TrainingJob
from nucleibench.families.unet.network import build_unet
from nucleibench.families.unet.settings import UNet
from nucleibench.families.unet.train import compile_network, train, train_semantic
from nucleibench.files import read_json
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingChanges, TrainingSettings

NETWORK = GBUNet(family="gb_unet", stage_one=("a",), filters=(4, 8))
SETTINGS = TrainingSettings(
    execution="eager",  # tracing takes longer than so few steps
    batch_size=8,
    learning_rate=0.01,
    batch_norm_momentum=0.9,
    max_epochs=1,
    patience=1,
    min_change=0,
)
MAPS = np.zeros((24, 32, 32, 2), np.float16)


@pytest.fixture
def tiles(drawn_tiles, tmp_path):
    return shutil.copytree(drawn_tiles, tmp_path / "tiles")


@pytest.fixture
def job(tiles, tmp_path):
    return TrainingJob(
        name="tiny",
        network=NETWORK,
        training=SETTINGS,
        seed=5,
        tiles=tiles,
        first_weights=None,
        first_stage=(),
        code="code",
        states=tmp_path / "states",
        files=ModelFiles(*(tmp_path / name for name in ("m.weights.h5", "m.csv", "m.json"))),
        tell=print,
    )


@pytest.fixture
def resumes(job):
    """Return a function that trains for an epoch and tells whether it resumed."""

    def resumes(maps=MAPS, **changes):
        lines = []
        changed = replace(job, tell=lines.append, **changes)
        train_semantic(build_network(changed.network), changed, "nucleus", None, [maps])
        return any("resuming after epoch 1" in line for line in lines)

    return resumes


def test_the_same_run_is_resumed_and_no_other(resumes, tiles):
    faster = SETTINGS.changed(TrainingChanges(learning_rate=0.02))
    narrower = GBUNet(family="gb_unet", stage_one=("a",), filters=(4, 4))
    assert not resumes()
    assert resumes()
    assert not resumes(maps=MAPS + 1), "of other first-stage networks"
    assert not resumes(maps=MAPS + 1, training=faster)
    assert not resumes(code="other code")
    assert not resumes(code="other code", network=narrower)
    sheet = pd.read_csv(tiles / "tiles.csv")
    sheet.assign(split=sheet["split"].to_numpy()[::-1]).to_csv(tiles / "tiles.csv", index=False)
    assert not resumes(code="other code", network=narrower), "with other tiles to validate"


def test_card_holds_the_hashes_of_all_data(resumes, tmp_path):
    resumes()
    card = read_json(tmp_path / "m.json")
    assert set(card["tiles"]) == {"images", "labels", "weights", "sheet"}
    hashes = [*card["tiles"].values(), *card["stage_one"]]
    assert len(hashes) == len(set(hashes)) == 5
    assert all(len(digest) == 64 for digest in hashes)


def test_a_job_leaves_weights_history_and_card(job):
    lines = []
    network = UNet(family="unet", encoder="compact", target="distance", seeds=(5,))
    train(replace(job, network=network, tell=lines.append))
    assert lines[0] == "starts from random weights"
    build_unet("compact", None, False, "distance").load_weights(job.files.weights)
    assert pd.read_csv(job.files.history)["epoch"].tolist() == [1]
    card = read_json(job.files.card)
    assert card["network"] == "unet_compact"
    assert card["settings"] == network.deciding_weights()
    assert card["training"] == SETTINGS.plain()
    assert card["epochs"] == card["best_epoch"] == 1


def test_first_weights_that_are_not_the_published_ones_are_refused(job, tmp_path):
    (tmp_path / "vgg16.h5").write_bytes(b"abc")
    network = UNet(family="unet", encoder="vgg16", encoder_weights="imagenet")
    with pytest.raises(DataError, match="is not that of the ImageNet weights of vgg16"):
        train(replace(job, network=network, first_weights=tmp_path / "vgg16.h5"))


def test_a_schedule_lasts_as_long_as_the_training():
    network = build_network(NETWORK)
    falling = SETTINGS.changed(TrainingChanges(schedule="cosine", max_epochs=3))
    compile_network(network, "nucleus", falling, batches=4)
    rate = network.optimizer._learning_rate
    assert [float(rate(step)) for step in (0, 6, 12)] == pytest.approx([0.01, 0.005, 0], abs=1e-7)
    compile_network(network, "nucleus", SETTINGS, batches=4)
    assert float(network.optimizer.learning_rate) == pytest.approx(0.01)


def test_batch_normalisation_follows_at_the_pace_of_the_settings():
    network = build_network(NETWORK)
    compile_network(network, "nucleus", SETTINGS, batches=4)
    paces = {
        layer.momentum
        for layer in network.layers
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert paces == {0.9}
