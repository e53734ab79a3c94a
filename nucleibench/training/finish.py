"""Write what every training leaves: best weights, history and model card."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd

from nucleibench.files import atomic_path, copy_file, write_json
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.state import Progress


def write_model_files(
    files: ModelFiles,
    weights: Path,
    progress: Progress,
    facts: Mapping[str, Any],
    network: keras.Model,
) -> None:
    """Write best weights, history and model card of a finished training."""
    with atomic_path(files.history) as temporary:
        pd.DataFrame(progress.history).to_csv(temporary, index=False)
    seconds = [row["seconds"] for row in progress.history]
    card = {
        "network": network.name,
        "weights": network.count_params(),
        "epochs": progress.epoch,
        "best_epoch": progress.best_epoch + 1,
        "best_validation_loss": progress.best_loss,
        "seconds_per_epoch": float(np.median(seconds)),
        "backend": keras.backend.backend(),
        **facts,
    }
    write_json(files.card, card)
    copy_file(weights, files.weights)
