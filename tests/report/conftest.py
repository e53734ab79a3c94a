import numpy as np
import pandas as pd
import pytest

from nucleibench.evaluate.evaluating import METRICS_COLUMNS
from nucleibench.evaluate.scores import IOU_PERCENTS

IMAGES = ("TCGA-A7-A13E-01Z-00-DX1", "TCGA-E2-A1B5-01Z-00-DX1", "other_image")


@pytest.fixture
def write_metrics(tmp_path):
    """A function that writes a metrics file: AJIs of three images, counts that fall with IoU."""

    def write(
        method, aji=(0.3, 0.2, 0.4), n_true=(10, 20, 30), n_predicted=(20, 20, 20), name=None
    ):
        counts = np.linspace(10, 1, len(IOU_PERCENTS)).astype(int)
        rows = pd.DataFrame(0.5, range(len(IMAGES)), METRICS_COLUMNS).astype({"image": object})
        rows[["image", "n_true", "n_predicted", "aji"]] = list(
            zip(IMAGES, n_true, n_predicted, aji, strict=True)
        )
        rows[[f"tp_{percent}" for percent in IOU_PERCENTS]] = counts
        path = tmp_path / "metrics" / (name or f"{method}.csv")
        path.parent.mkdir(exist_ok=True)
        rows.to_csv(path, index=False)
        return path

    return write
