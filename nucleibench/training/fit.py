"""The training loop, the same for every network: epochs until convergence, each one saved."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from nucleibench.errors import TrainingError
from nucleibench.training.batches import Batches, EpochSequence
from nucleibench.training.settings import TrainingSettings
from nucleibench.training.state import Progress, load_state, save_state

Tell = Callable[[str], None]
SECONDS_BETWEEN_LINES = 30


@dataclass(frozen=True)
class Convergence:
    """When a training ends: the stated meaning of the paper's "until convergence"."""

    max_epochs: int
    patience: int  # epochs without improvement
    min_change: float  # a smaller fall of the validation loss is none
    keep: str = "best"  # or "last": each epoch counts as better than the one before

    def reached(self, progress: Progress) -> bool:
        """Tell whether to stop before another epoch."""
        waited = progress.epoch - 1 - progress.best_epoch
        return progress.epoch >= self.max_epochs or (progress.epoch > 0 and waited >= self.patience)

    def improved(self, progress: Progress, loss: float) -> bool:
        """Tell whether the weights of an epoch with this validation loss are to be kept."""
        return self.keep == "last" or loss < progress.best_loss - self.min_change


def convergence_of(settings: TrainingSettings) -> Convergence:
    """Return the stopping rule in the settings of a training."""
    return Convergence(settings.max_epochs, settings.patience, settings.min_change, settings.keep)


class _Watch(keras.callbacks.Callback):
    """Stops at the first loss that is not a number; tells how an epoch goes on."""

    def __init__(self, batches: Batches, epoch: int, tell: Tell) -> None:
        super().__init__()
        self.batches, self.epoch, self.tell = batches, epoch, tell
        self.spoken = self.started = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        loss = (logs or {})["loss"]
        if not np.isfinite(loss):
            raise TrainingError(
                f"the loss became {loss} in epoch {self.epoch + 1}, batch {batch + 1} "
                f"({self.batches.describe(self.epoch, batch)}); the state after epoch "
                f"{self.epoch} is kept. Lower the learning rate or look at these tiles"
            )
        now = time.monotonic()
        if now - self.spoken > SECONDS_BETWEEN_LINES:
            self.spoken = now
            pace = (now - self.started) / (batch + 1)
            done = f"batch {batch + 1}/{len(self.batches)}"
            self.tell(f"epoch {self.epoch + 1}, {done}: loss {loss:.4f}, {pace:.2f} s a batch")


def train_until_converged(
    model: keras.Model,
    training: Batches,
    validation: Batches,
    convergence: Convergence,
    folder: Path,
    tell: Tell,
) -> Progress:
    """Train a compiled model until convergence, resuming what ``folder`` holds.

    Every finished epoch is saved whole, so that a run killed at any moment continues from its
    last epoch with the history of an uninterrupted run. Returns the progress; the kept weights
    are at :func:`nucleibench.training.state.best_weights`.
    """
    progress = load_state(folder, model)
    if progress.epoch:
        tell(f"resuming after epoch {progress.epoch} from {folder}")
    while not convergence.reached(progress):
        row = _run_epoch(model, training, validation, progress.epoch, tell)
        _record(progress, row, convergence)
        save_state(folder, model, progress)
        tell(_describe(progress, convergence))
    return progress


def _run_epoch(
    model: keras.Model, training: Batches, validation: Batches, epoch: int, tell: Tell
) -> dict[str, float]:
    started = time.monotonic()
    watch = _Watch(training, epoch, tell)
    try:
        # The batches bring their own order; Keras would shuffle them once more, unrepeatably.
        sequence = EpochSequence(training, epoch)
        fitted = model.fit(sequence, shuffle=False, verbose=0, callbacks=[watch])
        checked = model.evaluate(EpochSequence(validation, epoch), verbose=0, return_dict=True)
    except Exception as error:
        raise _explain(error, training) from error
    row = {
        "epoch": epoch + 1,
        **{name: float(values[0]) for name, values in fitted.history.items()},
    }
    row |= {f"val_{name}": float(value) for name, value in checked.items()}
    return row | {
        "learning_rate": float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)),
        "seconds": round(time.monotonic() - started, 3),
    }


def _explain(error: Exception, batches: Batches) -> Exception:
    text = str(error)
    if not any(sign in text for sign in ("RESOURCE_EXHAUSTED", "OOM when", "out of memory")):
        return error
    images, _ = batches.batch(0, 0)
    shape = np.shape(images[0] if isinstance(images, list) else images)
    return TrainingError(
        f"out of memory with batches of {shape[0]} tiles of {shape[1]} x {shape[2]} px; "
        "lower batch_size (the state so far is kept)"
    )


def _record(progress: Progress, row: dict[str, float], convergence: Convergence) -> None:
    progress.history.append(row)
    if not np.isfinite(row["val_loss"]):
        raise TrainingError(
            f"the validation loss became {row['val_loss']} in epoch {row['epoch']}; the state "
            f"after epoch {row['epoch'] - 1} is kept. Lower the learning rate"
        )
    if convergence.improved(progress, row["val_loss"]):
        progress.best_loss, progress.best_epoch = row["val_loss"], progress.epoch - 1


def _describe(progress: Progress, convergence: Convergence) -> str:
    row = progress.history[-1]
    return (
        f"epoch {progress.epoch}/{convergence.max_epochs}: loss {row['loss']:.4f}, "
        f"validation {row['val_loss']:.4f}, {row['seconds']:.1f} s; "
        f"keeps epoch {progress.best_epoch + 1} ({progress.best_loss:.4f})"
    )
