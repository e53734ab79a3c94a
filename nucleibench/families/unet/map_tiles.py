"""Write a U-Net's maps of all training tiles, from before its softmax: GB U-Net's inputs."""

from pathlib import Path

import keras
import numpy as np

from nucleibench.compute.execution import RUNNERS
from nucleibench.families.interface import MappingJob
from nucleibench.families.unet.network import load_network, logits_of
from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path
from nucleibench.prepare.store import TileStore, create_array, open_store

NETWORK = UNet


def map_tiles(job: MappingJob) -> None:
    """Write the maps of a trained U-Net."""
    network, execution = load_network(job.network, job.weights), job.computation.execution
    write_maps_of_tiles(network, open_store(job.tiles), job.batch_size, execution, job.output)


def write_maps_of_tiles(
    network: keras.Model, store: TileStore, batch_size: int, execution: str, output: Path
) -> None:
    """Write a network's maps of all tiles, (tiles, size, size, 2) float16.

    They are made once, so that training the second stage never runs the first. Half precision
    keeps logits to three digits, far below their spread between epochs.
    """
    maps = logits_of(network)
    run = RUNNERS[execution](maps)
    shape = (len(store.images), store.size, store.size, maps.output.shape[-1])
    with atomic_path(output) as temporary:
        array = create_array(temporary, np.float16, shape)
        for start in range(0, len(store.images), batch_size):
            rows = slice(start, start + batch_size)
            array[rows] = keras.ops.convert_to_numpy(run(store.images[rows]))
        array.flush()
