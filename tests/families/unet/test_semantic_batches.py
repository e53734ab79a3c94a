import numpy as np
import pytest

from nucleibench.families.unet.batches import SemanticBatches
from nucleibench.prepare.settings import Variation
from nucleibench.prepare.store import open_store
from nucleibench.prepare.targets import TARGETS


def batches(folder, split="train", batch_size=5, **settings):
    settings = {"target": "nucleus", **settings}
    return SemanticBatches(open_store(folder), split, batch_size, seed=1, **settings)


def test_targets_are_class_and_weight(drawn_tiles):
    store = open_store(drawn_tiles)
    images, target = batches(drawn_tiles, "validation").batch(0, 0)
    assert images.dtype == np.uint8
    np.testing.assert_array_equal(images, store.images[16:21])
    np.testing.assert_array_equal(target[..., 0], store.labels[16:21] > 0)
    np.testing.assert_array_equal(target[..., 1], store.weights[16:21])


def test_stage_one_maps_follow_their_tiles(drawn_tiles):
    maps = np.arange(24, dtype=np.float16)[:, None, None, None] * np.ones(
        (1, 32, 32, 2), np.float16
    )
    source = batches(drawn_tiles, stage_one=[maps, maps + 100])
    (images, stacked), _ = source.batch(2, 1)
    assert stacked.shape == (5, 32, 32, 4)
    np.testing.assert_array_equal(stacked[:, 0, 0, 0], source.rows_of(2, 1))
    np.testing.assert_array_equal(stacked[:, 0, 0, 3], source.rows_of(2, 1) + 100)
    assert len(images) == 5


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_is_drawn_from_the_labels_and_weighed(drawn_tiles, name):
    store = open_store(drawn_tiles)
    _, found = batches(drawn_tiles, "validation", target=name).batch(0, 0)
    drawn = np.stack([TARGETS[name].draw(labels) for labels in store.labels[16:21]])
    np.testing.assert_array_equal(found[..., 0], drawn[..., 0])
    np.testing.assert_array_equal(found[..., 1], store.weights[16:21])
    np.testing.assert_array_equal(found[..., 2:], drawn[..., 1:])


VARIATION = Variation(rotate_flip=True, concentration=0.3, angle=5, brightness=0.1, blur=1)


def test_training_tiles_vary_from_epoch_to_epoch_and_repeat(drawn_tiles):
    source, again = (batches(drawn_tiles, batch_size=16, variation=VARIATION) for _ in range(2))
    first, _ = source.batch(0, 0)
    second, _ = source.batch(1, 0)
    assert not np.array_equal(np.sort(first, axis=None), np.sort(second, axis=None))
    for one, other in zip(source.batch(1, 0), again.batch(1, 0), strict=True):
        np.testing.assert_array_equal(one, other)


def test_validation_tiles_never_vary(drawn_tiles):
    plain, varied = (
        batches(drawn_tiles, "validation", variation=change) for change in (None, VARIATION)
    )
    np.testing.assert_array_equal(plain.batch(3, 0)[0], varied.batch(3, 0)[0])


def test_stage_one_maps_and_variation_exclude_each_other(drawn_tiles):
    maps = [np.zeros((24, 32, 32, 2))]
    with pytest.raises(ValueError, match="made once, of tiles that do not vary"):
        batches(drawn_tiles, variation=VARIATION, stage_one=maps)
