from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pytest
from skimage.draw import disk

from nucleibench.errors import DataError
from nucleibench.evaluate.choosing import choose_setting
from nucleibench.files import read_json
from nucleibench.images import write_labels
from nucleibench.images.resampling import Scale, resample_labels

OWN = Scale((64, 64))


@dataclass(frozen=True)
class Radius:
    radius: int


def drawn(radius: int) -> np.ndarray:
    labels = np.zeros((64, 64), np.int32)
    labels[disk((32, 32), radius, shape=labels.shape)] = 1
    return labels


def segment(image: str, setting: Radius, off: int) -> np.ndarray:
    return drawn(setting.radius + off)


def choose(tmp_path, radii, images=("a", "b"), workers=1, scale=OWN):
    for image in images:
        write_labels(tmp_path / f"{image}.tif", resample_labels(drawn(12), scale.shape))
    return choose_setting(
        dict.fromkeys(images, scale),
        [Radius(radius) for radius in radii],
        partial(segment, off=2),
        tmp_path,
        tmp_path / "table.csv",
        tmp_path / "choice.json",
        workers,
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_the_setting_that_draws_the_truth_wins(tmp_path, workers):
    assert choose(tmp_path, [6, 10, 14], workers=workers) == Radius(10)
    assert read_json(tmp_path / "choice.json") == {"radius": 10}
    table = pd.read_csv(tmp_path / "table.csv", index_col="radius")
    assert table.loc[10, "aji"] == 1
    areas = {radius: drawn(radius + 2).sum() for radius in (6, 14)}
    assert table.loc[6, "aji"] == pytest.approx(areas[6] / drawn(12).sum())
    assert table.loc[14, "aji"] == pytest.approx(drawn(12).sum() / areas[14])


def test_labels_are_scored_in_the_pixels_of_the_image(tmp_path):
    """An image of 0.5 micrometres, of which networks see four times as many pixels."""
    assert choose(tmp_path, [6, 10, 14], scale=Scale((32, 32), 0.5)) == Radius(10)
    table = pd.read_csv(tmp_path / "table.csv", index_col="radius")
    areas = {radius: drawn(radius + 2)[1::2, 1::2].sum() for radius in (6, 10, 14)}
    assert table.loc[10, "aji"] == 1
    assert table.loc[6, "aji"] == pytest.approx(areas[6] / areas[10])


def test_of_equal_settings_the_first_is_taken(tmp_path):
    assert choose(tmp_path, [40, 41, 42]) == Radius(40)


def test_nothing_to_choose_on_is_an_error(tmp_path):
    with pytest.raises(DataError, match="no validation image"):
        choose(tmp_path, [1], images=())
