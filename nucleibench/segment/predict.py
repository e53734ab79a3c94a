"""Maps of whole images, kept as files for thresholds, ensembles and segmentation."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from nucleibench.images import read_rgb
from nucleibench.models.unet import logits_of
from nucleibench.prepare.targets import TARGETS
from nucleibench.prepare.variation import turn_back, turn_square
from nucleibench.segment.maps import write_map
from nucleibench.segment.stitch import Predictor, predict_map
from nucleibench.training.execution import RUNNERS, Runner


def map_predictor(
    model: keras.Model,
    target: str,
    stage_one: Sequence[keras.Model] = (),
    turns: int = 1,
    execution: str = "eager",
) -> Predictor:
    """Return the function from tiles to maps, as :func:`arrange_maps` puts them.

    ``target`` is what the network learned (a key of TARGETS). ``stage_one`` are GB U-Net's first
    networks; their maps from before the softmax go into ``model`` beside the tile. A tile is laid
    in ``turns`` of eight ways, and the maps are averaged. With ``execution`` "eager" no time goes
    into tracing the networks, which pays where tiles are few.
    """
    run = RUNNERS[execution](model)
    first = [RUNNERS[execution](logits_of(network)) for network in stage_one]

    def predict(tiles: np.ndarray) -> np.ndarray:
        inputs = [tiles, stack_maps(first, tiles)] if first else tiles
        outputs = keras.ops.convert_to_numpy(run(inputs))
        return arrange_maps(outputs, TARGETS[target].classes)

    return predict if turns == 1 else average_turns(predict, turns)


def average_turns(predictor: Predictor, turns: int) -> Predictor:
    """Return a predictor that averages the maps of tiles laid in ``turns`` of eight ways."""

    def predict(tiles: np.ndarray) -> np.ndarray:
        total: np.ndarray | float = 0
        for turn in range(turns):
            maps = predictor(np.stack([turn_square(tile, turn) for tile in tiles]))
            total = total + np.stack([turn_back(tile_maps, turn) for tile_maps in maps])
        return total / turns

    return predict


def arrange_maps(outputs: np.ndarray, classes: int) -> np.ndarray:
    """Turn a network's outputs (..., classes + maps) into what segmentation needs of them.

    First the probability of nucleus, 1 - background; then that of every class but the last, which
    the sum gives away; then the maps. Where there is the first alone, the axis is dropped.
    """
    nucleus, others = 1 - outputs[..., :1], outputs[..., 1 : classes - 1]
    arranged = np.concatenate([nucleus, others, outputs[..., classes:]], axis=-1)
    return arranged[..., 0] if arranged.shape[-1] == 1 else arranged


def stack_maps(networks: Iterable[Runner], tiles: np.ndarray) -> np.ndarray:
    """Return the networks' maps of the tiles, stacked along the last axis."""
    maps = [keras.ops.convert_to_numpy(run(tiles)) for run in networks]
    return np.concatenate(maps, axis=-1)


def predict_folder(
    predictor: Predictor,
    images: Sequence[str],
    images_folder: Path,
    output_folder: Path,
    size: int,
    overlap: float,
    batch_size: int,
) -> None:
    """Write the maps of each image as ``{image}.npy``, float16 (height, width[, maps])."""
    for image in tqdm(images, desc="predict", unit="image"):
        pixels = read_rgb(images_folder / f"{image}.png")
        write_map(
            output_folder / f"{image}.npy",
            predict_map(pixels, predictor, size, overlap, batch_size),
        )
