"""Training from files to files: what is resumed, and what is not."""

import shutil

import numpy as np
import pandas as pd
import pytest

from nucleibench.files import read_json
from nucleibench.models.unet import build_gb_unet, build_unet, logits_of
from nucleibench.prepare.store import open_store
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.semantic import train_semantic, write_stage_one_maps

SETTINGS = dict(
    precision="float32",
    execution="eager",  # tracing takes longer than so few steps
    batch_size=8,
    schedule="constant",
    learning_rate=0.01,
    batch_norm_momentum=0.9,
    max_epochs=1,
    patience=1,
    min_change=0.0,
)
MAPS = np.zeros((24, 32, 32, 2), np.float16)


@pytest.fixture
def tiles(drawn_tiles, tmp_path):
    return shutil.copytree(drawn_tiles, tmp_path / "tiles")


@pytest.fixture
def train(tiles, tmp_path):
    """Return a function that trains for an epoch and tells whether it resumed."""

    def train(maps=MAPS, settings=SETTINGS, identity="code"):
        lines = []
        files = ModelFiles(*(tmp_path / name for name in ("m.weights.h5", "m.csv", "m.json")))
        train_semantic(
            build_gb_unet(2, (4, 8), dropout=0.1, target="nucleus"),
            "nucleus",
            open_store(tiles),
            variation=None,
            stage_one=[maps],
            settings=settings,
            seed=5,
            identity={"code": identity},
            states=tmp_path / "states",
            files=files,
            report=lines.append,
        )
        return any("resuming after epoch 1" in line for line in lines)

    return train


def test_the_same_run_is_resumed_and_no_other(train, tiles):
    assert not train()
    assert train()
    assert not train(maps=MAPS + 1), "of other first-stage networks"
    assert not train(maps=MAPS + 1, settings={**SETTINGS, "learning_rate": 0.02})
    assert not train(identity="other code")
    sheet = pd.read_csv(tiles / "tiles.csv")
    sheet.assign(split=sheet["split"].to_numpy()[::-1]).to_csv(tiles / "tiles.csv", index=False)
    assert not train(identity="other code"), "with other tiles to validate"


def test_card_holds_the_hashes_of_all_data(train, tmp_path):
    train()
    card = read_json(tmp_path / "m.json")
    assert set(card["tiles"]) == {"images", "labels", "weights", "sheet"}
    hashes = [*card["tiles"].values(), *card["stage_one"]]
    assert len(hashes) == len(set(hashes)) == 5
    assert all(len(digest) == 64 for digest in hashes)


@pytest.mark.parametrize("execution", ["eager", "graph"])
def test_stage_one_maps_are_those_of_every_tile(tiles, tmp_path, execution):
    network, store = build_unet("compact", None, False, "nucleus"), open_store(tiles)
    write_stage_one_maps(network, store, 7, execution, tmp_path / "maps.npy")  # 24 = 3 x 7 + 3
    expected = np.asarray(logits_of(network)(store.images[:], training=False))
    found = np.load(tmp_path / "maps.npy")
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, expected, atol=2e-3, rtol=2e-3)
