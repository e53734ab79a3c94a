import numpy as np
import pandas as pd
import pytest

from nucleibench.families.mask_rcnn.batches import InstanceBatches, number_nuclei, turn_tiles
from nucleibench.prepare.store import create_arrays, finish_store, open_arrays, open_store

SIZE = 32


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Seven tiles of three rectangles, the labels painted into the images; two validate."""
    folder = tmp_path_factory.mktemp("tiles")
    arrays = open_arrays(create_arrays(folder, 7, SIZE))
    generator = np.random.default_rng(0)
    for tile in range(7):
        for label in (3, 5, 9):
            top, left = generator.integers(0, SIZE - 6, 2)
            arrays["labels"][tile, top : top + 6, left : left + 4] = label
        arrays["images"][tile] = arrays["labels"][tile][..., None] * np.uint8(20)
        arrays["images"][tile, 0, 0] = tile
        arrays["labels"][tile, 0, 0] = 0
    for array in arrays.values():
        array.flush()
    sheet = pd.DataFrame({"image": "a", "top": range(7), "left": 0, "variant": 0})
    finish_store(folder, sheet.assign(split=["train"] * 5 + ["validation"] * 2))
    return open_store(folder)


def batches(store, split="train", size=2, rotate_flip=True, seed=1):
    return InstanceBatches(store, split, size, max_nuclei=4, rotate_flip=rotate_flip, seed=seed)


def test_boxes_fit_the_labels_tightly(store):
    for index in range(3):
        _, nuclei = batches(store).batch(0, index)
        for boxes, labels in zip(nuclei["boxes"], nuclei["labels"], strict=True):
            present = np.unique(labels)[1:]
            assert present.tolist() == list(range(1, len(present) + 1))
            for label in present:
                rows, columns = np.nonzero(labels == label)
                expected = [rows.min(), columns.min(), rows.max() + 1, columns.max() + 1]
                assert boxes[label - 1].tolist() == expected
            assert not boxes[len(present) :].any()


def test_images_and_labels_turn_alike():
    labels = np.arange(16).reshape(1, 4, 4).repeat(60, axis=0)
    images = labels[..., None].repeat(3, axis=-1).astype(np.uint8)
    turned_images, turned = turn_tiles(images, labels, np.random.default_rng(0))
    np.testing.assert_array_equal(turned_images[..., 0], turned)
    assert len(np.unique(turned.reshape(60, -1), axis=0)) == 8
    assert np.all(np.sort(turned.reshape(60, -1)) == np.arange(16))


def test_an_epoch_visits_every_tile_and_fills_its_last_batch(store):
    epoch = batches(store, rotate_flip=False)
    assert len(epoch) == 3
    seen = [image[0, 0, 0] for index in range(3) for image in epoch.batch(4, index)[0]]
    assert len(seen) == 6
    assert set(seen) == set(range(5))
    assert seen[5] == seen[0]


def test_batches_depend_on_seed_epoch_and_index_alone(store):
    first, again = batches(store).batch(2, 1), batches(store).batch(2, 1)
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1]["boxes"], again[1]["boxes"])
    others = [batches(store).batch(3, 1), batches(store, seed=2).batch(2, 1)]
    assert all(np.any(first[0] != other[0]) for other in others)


def test_validation_tiles_are_neither_shuffled_nor_turned(store):
    images, _ = batches(store, "validation").batch(9, 0)
    np.testing.assert_array_equal(images, store.images[5:])


def test_batches_are_described_by_their_tiles(store):
    assert batches(store, "validation").describe(0, 0) == (
        "a at (5, 0) variant 0, a at (6, 0) variant 0"
    )


def test_too_many_nuclei_are_sampled_with_a_warning():
    labels = np.arange(100).reshape(10, 10)
    with pytest.warns(UserWarning, match="99 nuclei, more than max_nuclei = 7"):
        boxes, kept = number_nuclei(labels, 7, np.random.default_rng(0))
    assert np.unique(kept).tolist() == list(range(8))
    assert np.all(boxes[:, 2:] - boxes[:, :2] == 1)


def test_a_tile_without_nuclei_has_padding_alone():
    boxes, labels = number_nuclei(np.zeros((8, 8), np.uint16), 3, np.random.default_rng(0))
    assert boxes.shape == (3, 4)
    assert not boxes.any()
    assert not labels.any()
