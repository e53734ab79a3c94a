"""Training state on disk: what a killed run needs to go on as if nothing had happened.

The folder of a run is named after a hash of its data, settings and code, so that no run ever
continues another's. ``state.npz`` holds, in one file that is replaced in one step, the variables
of network and optimizer (random generators included) and the progress so far. The best weights
lie beside it under the number of their epoch and are written first: a kill between the two leaves
the old state with the old best weights, both whole.
"""

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np

from nucleibench.errors import TrainingError
from nucleibench.files import atomic_path


@dataclass
class Progress:
    """How far a training has come."""

    history: list[dict[str, float]] = field(default_factory=list)
    best_epoch: int = -1
    best_loss: float = float("inf")

    @property
    def epoch(self) -> int:
        """Number of finished epochs."""
        return len(self.history)


def run_folder(base: str | Path, identity: Any) -> Path:
    """Return the folder of the run with this ``identity`` (anything JSON can write).

    Folders of earlier identities beside it are removed: they can never be resumed.
    """
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]
    folder = Path(base) / key
    folder.mkdir(parents=True, exist_ok=True)
    for other in Path(base).iterdir():
        if other != folder:
            shutil.rmtree(other)
    return folder


def save_state(folder: Path, model: keras.Model, progress: Progress) -> None:
    """Write the state after an epoch; where that epoch is the best yet, its weights too."""
    if progress.best_epoch == progress.epoch - 1:
        with atomic_path(best_weights(folder, progress)) as temporary:
            model.save_weights(temporary)
    values = map(keras.ops.convert_to_numpy, _variables(model))
    arrays = {f"v{i}": value for i, value in enumerate(values)}
    with atomic_path(folder / "state.npz") as temporary:
        np.savez(temporary, progress=json.dumps(asdict(progress)), **arrays)
    for weights in folder.glob("best_*.weights.h5"):
        if weights != best_weights(folder, progress):
            weights.unlink()


def load_state(folder: Path, model: keras.Model) -> Progress:
    """Put the last state into a built and compiled model; a fresh Progress where there is none."""
    path = folder / "state.npz"
    if not path.exists():
        return Progress()
    with np.load(path) as state:
        progress = Progress(**json.loads(str(state["progress"])))
        variables = _variables(model)
        if len(state.files) != len(variables) + 1:
            raise TrainingError(f"{path} is of another network; remove {folder} to start afresh")
        for i, variable in enumerate(variables):
            variable.assign(state[f"v{i}"])
    return progress


def best_weights(folder: Path, progress: Progress) -> Path:
    """Return the path of the best weights so far."""
    return folder / f"best_{progress.best_epoch:05d}.weights.h5"


def _variables(model: keras.Model) -> list[keras.Variable]:
    if not model.optimizer.built:  # building one of mixed_float16 twice would reset its loss scale
        model.optimizer.build(model.trainable_variables)
    return [*model.variables, *model.optimizer.variables]
