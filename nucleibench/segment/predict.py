"""Probability maps of whole images, kept as files for thresholds, ensembles and segmentation."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
from tqdm import tqdm

from nucleibench.images import read_rgb
from nucleibench.models.unet import logits_of
from nucleibench.segment.maps import write_map
from nucleibench.segment.stitch import Predictor, predict_map


def foreground_predictor(model: keras.Model, stage_one: Sequence[keras.Model] = ()) -> Predictor:
    """Return the function from tiles to nucleus probability, 1 - background.

    ``stage_one`` are GB U-Net's first networks; their maps from before the softmax go into
    ``model`` beside the tile.
    """
    first = [logits_of(network) for network in stage_one]

    def predict(tiles: np.ndarray) -> np.ndarray:
        inputs = [tiles, stack_maps(first, tiles)] if first else tiles
        probabilities = keras.ops.convert_to_numpy(model(inputs, training=False))
        return 1 - probabilities[..., 0]

    return predict


def stack_maps(networks: Iterable[keras.Model], tiles: np.ndarray) -> np.ndarray:
    """Return the networks' maps of the tiles, stacked along the last axis."""
    maps = [keras.ops.convert_to_numpy(network(tiles, training=False)) for network in networks]
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
    """Write the probability map of each image as ``{image}.npy``, float16 (height, width)."""
    for image in tqdm(images, desc="predict", unit="image"):
        pixels = read_rgb(images_folder / f"{image}.png")
        write_map(
            output_folder / f"{image}.npy",
            predict_map(pixels, predictor, size, overlap, batch_size),
        )
