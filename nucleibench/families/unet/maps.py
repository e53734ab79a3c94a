"""From a U-Net's outputs to the maps that segmentation needs, without a network library."""

from typing import Any

import numpy as np

from nucleibench.labelling.stitch import Predictor
from nucleibench.prepare.tiles import turn_back, turn_square


def average_turns(predictor: Predictor, turns: int) -> Predictor:
    """Return a predictor that averages the maps of tiles laid in ``turns`` of eight ways."""

    def predict(tiles: np.ndarray) -> np.ndarray:
        total: Any = 0
        for turn in range(turns):
            maps = predictor(np.stack([turn_square(tile, turn) for tile in tiles]))
            total = total + np.stack([turn_back(tile_maps, turn) for tile_maps in maps])
        return total / turns

    return predict if turns > 1 else predictor


def arrange_maps(outputs: np.ndarray, classes: int) -> np.ndarray:
    """Turn a network's outputs (..., classes + maps) into what segmentation needs of them.

    First the probability of nucleus, 1 - background; then that of every class but the last, which
    the sum gives away; then the maps. Where there is the first alone, the axis is dropped.
    """
    kept = [place for place in range(outputs.shape[-1]) if place != classes - 1]
    arranged = outputs.take(kept, axis=-1)
    np.subtract(1, arranged[..., 0], out=arranged[..., 0])
    return arranged[..., 0] if arranged.shape[-1] == 1 else arranged
