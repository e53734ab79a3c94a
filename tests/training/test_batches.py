import numpy as np

from nucleibench.prepare.store import open_store
from nucleibench.training.batches import EpochSequence, TileBatches


class Images(TileBatches):
    """Batches whose targets are the numbers of their tiles."""

    def batch(self, epoch, index):
        rows = self.rows_of(epoch, index)
        return self.store.images[rows], rows


def batches(folder, split="train", batch_size=5):
    return Images(open_store(folder), split, batch_size, seed=1)


def epoch_rows(source, epoch):
    return np.concatenate([source.rows_of(epoch, index) for index in range(len(source))])


def test_an_epoch_sees_every_training_tile_at_most_once_in_full_batches(drawn_tiles):
    source = batches(drawn_tiles)
    rows = epoch_rows(source, 0)
    assert len(source) == 3
    assert len(set(rows)) == len(rows) == 15
    assert rows.max() < 16


def test_validation_sees_every_tile_in_order(drawn_tiles):
    source = batches(drawn_tiles, "validation")
    np.testing.assert_array_equal(epoch_rows(source, 3), np.arange(16, 24))


def test_epochs_differ_and_repeat(drawn_tiles):
    first, again = batches(drawn_tiles), batches(drawn_tiles)
    assert not np.array_equal(epoch_rows(first, 0), epoch_rows(first, 1))
    np.testing.assert_array_equal(epoch_rows(first, 1), epoch_rows(again, 1))


def test_fewer_tiles_than_a_batch_make_one_batch(drawn_tiles):
    source = batches(drawn_tiles, batch_size=1000)
    assert len(source) == 1
    assert len(source.batch(0, 0)[0]) == 16


def test_keras_gets_the_batches_in_order(drawn_tiles):
    source = batches(drawn_tiles)
    sequence = EpochSequence(source, epoch=4)
    assert len(sequence) == len(source)
    for found, expected in zip(sequence[2], source.batch(4, 2), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_keras_gets_several_inputs_as_a_tuple(drawn_tiles):
    class Pairs(Images):
        def batch(self, epoch, index):
            images, rows = super().batch(epoch, index)
            return [images, images + 1], rows

    (one, two), _ = EpochSequence(Pairs(open_store(drawn_tiles), "train", 5, seed=1), epoch=0)[0]
    np.testing.assert_array_equal(two, one + 1)


def test_description_names_image_position_and_variant(drawn_tiles):
    text = batches(drawn_tiles, "validation").describe(0, 0)
    assert text.startswith("image2 at (0, 16) variant 0, image2 at (0, 17)")
