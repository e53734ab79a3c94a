"""The tiles of a fold: links to those of every organ, and a sheet of its own."""

import numpy as np
import pandas as pd
import pytest

from nucleibench.errors import DataError
from nucleibench.prepare.fold_tiles import split_tiles, write_fold_tiles
from nucleibench.prepare.settings import Validation
from nucleibench.prepare.split import draw_validation_images
from nucleibench.prepare.store import create_arrays, finish_store, open_store

IMAGES = pd.DataFrame(
    {
        "image": ["01", "02", "b", "c", "d"],
        "organ": ["liver", "liver", "kidney", "kidney", "colon"],
        "patient": list("vwxyz"),
        "split": ["train", "train", "train", "train", "test"],
    }
)
TILES = pd.DataFrame(
    {"image": np.repeat(IMAGES["image"], 3), "variant": [0, 1, 2] * 5}
).reset_index(drop=True)
HALF = Validation(fraction=0.5)


def test_whole_images_validate_and_the_held_out_organ_tests():
    split = split_tiles(TILES, IMAGES, HALF, seed=4).groupby("image")["split"].agg(set)
    drawn = draw_validation_images(IMAGES, HALF, 4)
    expected = {image: {"validation" if image in drawn else "train"} for image in IMAGES["image"]}
    assert split.to_dict() == {**expected, "d": {"test"}}
    assert len(drawn) == 2


def test_tiles_that_validate_are_drawn_from_those_that_could_train():
    split = split_tiles(TILES, IMAGES, Validation(fraction=0.25, unit="tile"), seed=4)["split"]
    assert split.value_counts().to_dict() == {"train": 9, "validation": 3, "test": 3}
    assert set(split[TILES["image"] == "d"]) == {"test"}


def test_a_fold_without_training_images_is_refused():
    alone = IMAGES.assign(split=["train", *["test"] * 4])
    with pytest.raises(DataError, match=r"nothing is left to train on: .* hold out fewer organs"):
        split_tiles(TILES, alone, HALF, seed=4)


@pytest.fixture
def store(tmp_path):
    site = create_arrays(tmp_path / "all", len(TILES), 8)
    np.lib.format.open_memmap(site / "images.npy")[:] = np.arange(15)[:, None, None, None]
    finish_store(tmp_path / "all", TILES.assign(split="train"))
    return tmp_path / "all"


def test_arrays_are_shared_and_the_sheet_is_the_folds(store, tmp_path):
    fold = tmp_path / "without_colon" / "augmented"
    fold.mkdir(parents=True)
    for _ in range(2):  # the second time in place of what is there
        write_fold_tiles(store, IMAGES, fold, HALF, seed=4)
    opened, whole = open_store(fold), open_store(store)
    assert (fold / "images.npy").samefile(store / "images.npy")
    assert set(opened.images[opened.rows("test")].ravel()) == {12, 13, 14}
    assert opened.digests["images"] == whole.digests["images"]
    assert opened.digests["sheet"] != whole.digests["sheet"]


def test_links_move_with_the_results(store, tmp_path):
    fold = tmp_path / "without_colon"
    fold.mkdir()
    write_fold_tiles(store, IMAGES, fold, HALF, seed=4)
    moved = tmp_path / "moved"
    moved.mkdir()
    for folder in (store, fold):
        folder.rename(moved / folder.name)
    assert len(open_store(moved / "without_colon").images) == 15
