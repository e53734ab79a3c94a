import os

import keras
import numpy as np
import pytest

from nucleibench.errors import TrainingError
from nucleibench.families.gb_unet.network import build_gb_unet
from nucleibench.families.unet.batches import SemanticBatches
from nucleibench.families.unet.losses import combined_loss
from nucleibench.prepare.store import open_store
from nucleibench.training.fit import Convergence, convergence_of, train_until_converged
from nucleibench.training.settings import TrainingSettings
from nucleibench.training.state import (
    Progress,
    best_weights,
    load_state,
    run_folder,
    save_state,
)

MAPS = np.zeros((24, 32, 32, 2), np.float16)


def tiny_network(filters=(4, 8)):
    network = build_gb_unet(2, filters, dropout=0.1, target="nucleus")
    network.compile(optimizer=keras.optimizers.Adam(0.01), loss=combined_loss, jit_compile=False)
    return network


def batches(folder, split):
    return SemanticBatches(open_store(folder), split, 8, seed=1, target="nucleus", stage_one=[MAPS])


def test_convergence_counts_epochs_without_improvement():
    rule = Convergence(max_epochs=10, patience=3, min_change=0)
    assert not rule.reached(Progress())
    assert not rule.reached(Progress([{}] * 5, best_epoch=2))
    assert rule.reached(Progress([{}] * 6, best_epoch=2))
    assert rule.reached(Progress([{}] * 10, best_epoch=9))


def test_settings_of_a_training_hold_the_rule():
    settings = TrainingSettings(max_epochs=7, patience=3, min_change=0.5)
    assert convergence_of(settings) == Convergence(max_epochs=7, patience=3, min_change=0.5)
    assert convergence_of(TrainingSettings(keep="last")).keep == "last"


def test_training_learns_and_keeps_the_best(drawn_tiles, tmp_path):
    lines = []
    progress = train_until_converged(
        tiny_network(),
        batches(drawn_tiles, "train"),
        batches(drawn_tiles, "validation"),
        Convergence(4, 10, 0),
        tmp_path,
        lines.append,
    )
    losses = [row["loss"] for row in progress.history]
    assert losses[-1] < losses[0]
    assert progress.best_loss == min(row["val_loss"] for row in progress.history)
    assert [path.name for path in tmp_path.glob("best_*")] == [
        best_weights(tmp_path, progress).name
    ]
    assert lines[-1].startswith("epoch 4/4: loss ")


def test_training_ends_when_the_loss_falls_too_little(drawn_tiles, tmp_path):
    network = tiny_network()
    network.run_eagerly = True
    progress = train_until_converged(
        network,
        batches(drawn_tiles, "train"),
        batches(drawn_tiles, "validation"),
        Convergence(max_epochs=9, patience=2, min_change=10.0),
        tmp_path,
        print,
    )
    assert (progress.epoch, progress.best_epoch) == (3, 0)


def test_the_last_epoch_is_kept_however_much_worse_it_is(drawn_tiles, tmp_path):
    network = tiny_network()
    progress = train_until_converged(
        network,
        batches(drawn_tiles, "train"),
        batches(drawn_tiles, "validation"),
        Convergence(max_epochs=3, patience=1, min_change=10.0, keep="last"),
        tmp_path,
        print,
    )
    assert (progress.epoch, progress.best_epoch) == (3, 2)
    assert progress.best_loss == progress.history[-1]["val_loss"]
    kept = tiny_network()
    kept.load_weights(best_weights(tmp_path, progress))
    for weight, trained in zip(kept.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, trained)


class NotANumber(SemanticBatches):
    """Batches whose second one in the second epoch holds a weight that is not a number."""

    def batch(self, epoch, index):
        images, target = super().batch(epoch, index)
        if (epoch, index) == (1, 1):
            target[0, 0, 0, 1] = np.nan
        return images, target


def test_loss_that_is_not_a_number_names_the_batch_and_keeps_the_state(drawn_tiles, tmp_path):
    poisoned = NotANumber(
        open_store(drawn_tiles), "train", 8, seed=1, target="nucleus", stage_one=[MAPS]
    )
    with pytest.raises(
        TrainingError, match=r"became nan in epoch 2, batch 2 \(image\d at"
    ) as error:
        train_until_converged(
            tiny_network(),
            poisoned,
            batches(drawn_tiles, "validation"),
            Convergence(4, 10, 0),
            tmp_path,
            print,
        )
    assert "Lower the learning rate" in str(error.value)
    assert load_state(tmp_path, tiny_network()).epoch == 1


class Greedy(keras.layers.Layer):
    """Asks for 2**50 bytes, more than any machine has."""

    def call(self, features):
        return features + keras.ops.sum(keras.ops.ones((2**24, 2**24)))


def test_out_of_memory_says_how_to_go_on(drawn_tiles, tmp_path):
    small = tiny_network()
    greedy = keras.Model(small.inputs, Greedy()(small.output))
    greedy.compile(optimizer="adam", loss=combined_loss, run_eagerly=True)
    with pytest.raises(TrainingError, match="8 tiles of 32 x 32 px; lower batch_size"):
        train_until_converged(
            greedy,
            batches(drawn_tiles, "train"),
            batches(drawn_tiles, "validation"),
            Convergence(1, 1, 0),
            tmp_path,
            print,
        )


def test_state_brings_back_network_optimizer_and_progress(drawn_tiles, tmp_path):
    network = tiny_network()
    network.fit(*batches(drawn_tiles, "train").batch(0, 0), verbose=0)
    progress = Progress([{"val_loss": 0.5}], best_epoch=0, best_loss=0.5)
    save_state(tmp_path, network, progress)
    other = tiny_network()
    assert load_state(tmp_path, other) == progress
    for one, two in zip(network.variables, other.variables, strict=True):
        np.testing.assert_array_equal(one, two)
    for one, two in zip(network.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("written", [0, 1], ids=["best weights", "state"])
def test_a_kill_while_saving_leaves_the_last_epoch_whole(written, tmp_path, monkeypatch):
    """An epoch's best weights are moved to their place first, its state second."""
    network = tiny_network()
    first = Progress([{}], best_epoch=0, best_loss=1.0)
    save_state(tmp_path, network, first)
    moves = iter([*[os.replace] * written, die])
    monkeypatch.setattr("os.replace", lambda *paths: next(moves)(*paths))
    with pytest.raises(Killed):
        save_state(tmp_path, network, Progress([{}, {}], best_epoch=1, best_loss=0.5))
    progress = load_state(tmp_path, network)
    assert progress == first
    tiny_network().load_weights(best_weights(tmp_path, progress))


class Killed(BaseException):
    """Not an error that anything would catch."""


def die(*paths):
    raise Killed


def test_state_of_another_network_is_refused(tmp_path):
    save_state(tmp_path, tiny_network(), Progress([{}], best_epoch=0, best_loss=1.0))
    with pytest.raises(TrainingError, match="another network; remove"):
        load_state(tmp_path, tiny_network((4, 8, 16)))


def test_a_run_of_other_data_or_settings_starts_afresh(tmp_path):
    first = run_folder(tmp_path, {"learning_rate": 1})
    (first / "state.npz").touch()
    assert run_folder(tmp_path, {"learning_rate": 1}) == first
    second = run_folder(tmp_path, {"learning_rate": 2})
    assert second != first
    assert not first.exists()
