"""Maps of whole images, kept as files for thresholds, ensembles and segmentation."""

from collections.abc import Iterable, Sequence

import keras
import numpy as np
from tqdm import tqdm

from nucleibench.compute.execution import RUNNERS, Runner
from nucleibench.families.interface import PredictionJob
from nucleibench.families.unet.maps import arrange_maps, average_turns
from nucleibench.families.unet.network import load_network, logits_of
from nucleibench.families.unet.settings import UNet
from nucleibench.images import read_rgb
from nucleibench.labelling.maps import write_map
from nucleibench.labelling.stitch import Predictor, predict_map
from nucleibench.prepare.targets import TARGETS

NETWORK = UNet


def predict(job: PredictionJob) -> None:
    """Write the maps of each image."""
    network, execution = load_network(job.network, job.weights), job.computation.execution
    predictor = map_predictor(network, job.network.target, turns=job.turns, execution=execution)
    predict_folder(predictor, job)


def map_predictor(
    model: keras.Model,
    target: str,
    first_stage: Sequence[keras.Model] = (),
    turns: int = 1,
    execution: str = "eager",
) -> Predictor:
    """Return the function from tiles to maps, as :func:`arrange_maps` puts them.

    ``target`` is what the network learned (a key of TARGETS). ``first_stage`` are GB U-Net's first
    networks; their maps from before the softmax go into ``model`` beside the tile. A tile is laid
    in ``turns`` of eight ways, and the maps are averaged. With ``execution`` "eager" no time goes
    into tracing the networks, which pays where tiles are few.
    """
    run = RUNNERS[execution](model)
    first = [RUNNERS[execution](logits_of(network)) for network in first_stage]

    def predict(tiles: np.ndarray) -> np.ndarray:
        inputs = [tiles, stack_maps(first, tiles)] if first else tiles
        outputs = keras.ops.convert_to_numpy(run(inputs))
        return arrange_maps(outputs, TARGETS[target].classes)

    return average_turns(predict, turns)


def stack_maps(networks: Iterable[Runner], tiles: np.ndarray) -> np.ndarray:
    """Return the networks' maps of the tiles, stacked along the last axis."""
    maps = [keras.ops.convert_to_numpy(run(tiles)) for run in networks]
    return np.concatenate(maps, axis=-1)


def predict_folder(predictor: Predictor, job: PredictionJob) -> None:
    """Write the maps of each image as ``{image}.npy``, float16 (height, width[, maps])."""
    tiling = job.inference
    size = tiling.size or job.tile_size
    for image in tqdm(job.images, desc="predict", unit="image"):
        pixels = read_rgb(job.images_folder / f"{image}.png")
        maps = predict_map(pixels, predictor, size, tiling.overlap, tiling.batch_size)
        write_map(job.output / f"{image}.npy", maps)
