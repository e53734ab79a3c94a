from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_disk import small_disk

from nucleibench.errors import DataError
from nucleibench.files import file_digest
from nucleibench.images import read_labels, write_labels, write_rgb
from nucleibench.prepare.settings import Augmentation, Tiles, Validation
from nucleibench.prepare.split import (
    draw_validation_images,
    draw_validation_tiles,
    images_to_predict,
)
from nucleibench.prepare.store import create_array, open_store
from nucleibench.prepare.tiling import Sources, Tiling, plan_tiles, write_tiles

SHEET = pd.DataFrame(
    {
        "image": ["a", "b", "c", "d", "e", "t", "x"],
        "organ": ["liver", "liver", "liver", "kidney", "kidney", "breast", "liver"],
        "patient": ["T-A-1", "T-B-1", "T-A-2", "T-B-2", "T-C-1", "T-D-1", "T-A-3"],
        "split": ["train"] * 5 + ["test", "reference"],
        "height": 100,
        "width": 120,
        "pixel_size": 0.25,
    }
)


AUGMENTATION = Augmentation(
    probability=0.5, rotation=180, shear=10, skew=0.1, distortion=4, scale=0.1, flip=True
)


def tiling(size=64, variants=3, unit="image"):
    tiles = Tiles(size=size, overlap=0.1, variants=variants)
    return Tiling(tiles, AUGMENTATION, Validation(fraction=0.4, unit=unit), seed=1)


def draw(sheet, fraction, seed, unit="image"):
    return draw_validation_images(sheet, Validation(fraction=fraction, unit=unit), seed)


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Sources:
    folder = tmp_path_factory.mktemp("sources")
    generator = np.random.default_rng(0)
    (folder / "weights").mkdir()
    for image in SHEET["image"]:
        labels = generator.integers(0, 4, (100, 120)).astype(np.int32)
        write_rgb(
            folder / "images" / f"{image}.png",
            generator.integers(0, 256, (100, 120, 3), dtype=np.uint8),
        )
        write_labels(folder / "labels" / f"{image}.tif", labels)
        np.save(folder / "weights" / f"{image}.npy", labels.astype(np.float32) + 1)
    return Sources(folder / "images", folder / "labels", folder / "weights")


@pytest.mark.parametrize("images", [SHEET[SHEET["image"].isin(["a", "t"])], SHEET[-2:]])
def test_nothing_left_to_train_on_is_an_error(images):
    with pytest.raises(DataError, match=r"nothing is left to train on: of [01] training images"):
        plan_tiles(images, tiling())


def test_validation_images_come_from_every_organ_and_only_from_training():
    drawn = draw(SHEET, 0.4, seed=3)
    assert len(drawn) == 2
    organs = SHEET.set_index("image").loc[drawn, "organ"]
    assert sorted(organs) == ["kidney", "liver"]


@pytest.mark.parametrize("fraction", [0.1, 0.4, 0.9])
def test_hospitals_validate_whole_and_some_stay_for_training(fraction):
    training = SHEET[SHEET["split"] == "train"].set_index("image")
    sites = training["patient"].str.slice(stop=3)
    drawn = {tuple(draw(SHEET, fraction, seed, "hospital")) for seed in range(9)}
    assert len(drawn) > 1
    for images in drawn:
        validating = set(sites[list(images)])
        assert set(images) == set(sites.index[sites.isin(validating)])
        assert len(images) >= min(round(fraction * 5), 3)
        assert validating < set(sites)
    assert draw(SHEET[:1], 0.2, 0, "hospital") == []


def test_validation_draw_depends_on_the_seed_but_not_on_the_order_of_the_sheet():
    draws = {tuple(draw(SHEET, 0.4, seed)) for seed in range(20)}
    assert len(draws) > 1
    shuffled = SHEET.sample(frac=1, random_state=0)
    assert draw(shuffled, 0.4, 7) == draw(SHEET, 0.4, 7)


def test_a_test_only_dataset_has_no_validation_images():
    tests = SHEET.assign(split="test")
    assert draw(tests, 0.2, 0) == []
    assert images_to_predict(tests, Validation(fraction=0.2), 0) == sorted(SHEET["image"])


def test_no_tile_of_a_validation_image_is_trained_on():
    plan = plan_tiles(SHEET, tiling())
    assert set(plan["image"]) == set("abcde")
    assert (plan.groupby("image")["split"].nunique() == 1).all()
    assert (plan["split"] == "validation").mean() == pytest.approx(0.4)


def test_the_papers_split_draws_tiles():
    plan = plan_tiles(SHEET, tiling(unit="tile"))
    assert (plan["split"] == "validation").sum() == round(0.4 * len(plan))
    assert draw_validation_tiles(10, 0.2, 0).sum() == 2


def test_paper_scale_counts():
    sheet = pd.DataFrame(
        {"image": [f"i{n}" for n in range(35)], "organ": "liver", "split": "train"}
    ).assign(height=1000, width=1000, pixel_size=0.25)
    assert len(plan_tiles(sheet, tiling(size=256, variants=1))) == 560
    assert len(plan_tiles(sheet, tiling(size=256, variants=12))) == 6720


def test_variant_zero_is_the_untouched_tile(sources, tmp_path):
    write_tiles(SHEET, sources, tmp_path, tiling(), workers=1)
    store = open_store(tmp_path)
    for row in store.sheet[store.sheet["variant"] == 0].itertuples():
        arrays = sources.read(row.image)
        window = np.s_[row.top : row.top + 64, row.left : row.left + 64]
        np.testing.assert_array_equal(store.images[row.Index], arrays["images"][window])
        np.testing.assert_array_equal(store.labels[row.Index], arrays["labels"][window])
        np.testing.assert_array_equal(store.weights[row.Index], arrays["weights"][window])


def test_workers_do_not_change_a_byte(sources, tmp_path):
    for workers in (1, 2):
        write_tiles(SHEET, sources, tmp_path / str(workers), tiling(), workers)
    one, two = (open_store(tmp_path / name) for name in ("1", "2"))
    assert one.digests == two.digests
    assert one.digests["images"] == file_digest(tmp_path / "1" / "images.npy")


def test_variants_differ(sources, tmp_path):
    write_tiles(SHEET, sources, tmp_path, tiling(), workers=1)
    store = open_store(tmp_path)
    assert len({store.images[row].tobytes() for row in range(len(store.images))}) == len(
        store.images
    )


def test_unfinished_store_is_refused(tmp_path):
    (tmp_path / "images.npy").touch()
    with pytest.raises(DataError, match=r"not a tile store .* run the tiling rule again"):
        open_store(tmp_path)


def test_store_with_a_lost_row_is_refused(sources, tmp_path):
    write_tiles(SHEET, sources, tmp_path, tiling(variants=1), workers=1)
    sheet = Path(tmp_path / "tiles.csv")
    sheet.write_text("\n".join(sheet.read_text().splitlines()[:-1]) + "\n")
    with pytest.raises(DataError, match="disagree"):
        open_store(tmp_path)


def test_a_full_disk_is_an_error_before_anything_is_written(tmp_path):
    """Writing to a mapped file on a full disk kills the process, without a word."""
    with small_disk(tmp_path):
        assert not create_array(tmp_path / "fits.npy", np.uint8, (10, 1000)).any()
        with pytest.raises(OSError, match="No space left on device"):
            create_array(tmp_path / "large.npy", np.uint8, (1000, 1000))


def test_images_of_another_scale_are_tiled_at_that_of_the_networks(sources, tmp_path):
    """Images of 0.5 micrometres, which were brought to 0.25 with their weights."""
    sheet = SHEET.assign(height=50, width=60, pixel_size=0.5)
    half = Sources(sources.images, tmp_path / "labels", sources.weights)
    for image in SHEET["image"]:
        labels = read_labels(sources.labels / f"{image}.tif")
        write_labels(half.labels / f"{image}.tif", labels[::2, ::2])
    write_tiles(SHEET, sources, tmp_path / "own", tiling(variants=1), workers=1)
    write_tiles(sheet, half, tmp_path / "half", tiling(variants=1), workers=1)
    own, scaled = (open_store(tmp_path / name) for name in ("own", "half"))
    pd.testing.assert_frame_equal(own.sheet, scaled.sheet)
    np.testing.assert_array_equal(own.images, scaled.images)
    np.testing.assert_array_equal(own.weights, scaled.weights)
    for row in scaled.sheet.itertuples():
        grown = read_labels(half.labels / f"{row.image}.tif").repeat(2, axis=0).repeat(2, axis=1)
        window = np.s_[row.top : row.top + 64, row.left : row.left + 64]
        np.testing.assert_array_equal(scaled.labels[row.Index], grown[window])
