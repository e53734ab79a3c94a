"""Training: whether the network waits for tiles, how fast they are augmented, and memory.

The column of extra information (--benchmark-json) holds what each is about. The network is the
compact one, whose steps are the shortest: tiles have to come fastest.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest

from nucleibench.data.synthetic import draw_image
from nucleibench.families.unet.batches import SemanticBatches
from nucleibench.families.unet.network import build_unet
from nucleibench.families.unet.train import compile_network
from nucleibench.images import write_labels, write_rgb
from nucleibench.prepare.settings import Augmentation, Tiles, Validation
from nucleibench.prepare.store import open_store
from nucleibench.prepare.tiling import Sources, Tiling, write_tiles
from nucleibench.training.batches import EpochSequence
from nucleibench.training.settings import TrainingSettings

WORKER = Path(__file__).with_name("training_worker.py")
SETTINGS = TrainingSettings(execution="graph")
TILES = 6720  # the paper's
# So many that the tenth of a second that an epoch takes to begin counts little: a real epoch has
# hundreds.
STEPS, ROUNDS = 40, 3

TILING = Tiling(Tiles(), Augmentation(), Validation(fraction=0.5), seed=0)


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    """Two drawn images of 1000 px with the files that tiles are cut from, and their sheet."""
    folder = tmp_path_factory.mktemp("images")
    for name in ("a", "b"):
        image, nuclei = draw_image("liver", name, 0, 1000)[:2]
        write_rgb(folder / f"{name}.png", image)
        write_labels(folder / f"{name}.tif", nuclei.labels)
        np.save(folder / f"{name}.npy", np.ones(nuclei.labels.shape, np.float16))
    sheet = pd.DataFrame({"image": ["a", "b"], "split": "train", "height": 1000, "width": 1000})
    return Sources(folder, folder, folder), sheet.assign(organ="liver", patient=["a", "b"])


@pytest.fixture(scope="module")
def store(sources, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    write_tiles(sources[1], sources[0], folder, TILING, workers=1)
    return open_store(folder)


@pytest.mark.benchmark(group="augmented tiles of 256 px")
@pytest.mark.parametrize("workers", [1, 2])
def test_augmentation(benchmark, sources, tmp_path_factory, workers):
    """CPU-seconds are the single worker's, whatever else the machine does."""

    def augment():
        write_tiles(sources[1], sources[0], tmp_path_factory.mktemp("t"), TILING, workers)

    started = time.process_time()
    benchmark.pedantic(augment, rounds=3)
    seconds = (time.process_time() - started) / 3
    tiles = 2 * 16 * TILING.tiles.variants
    benchmark.extra_info["tiles_a_second"] = round(tiles / benchmark.stats.stats.min)
    if workers == 1:
        benchmark.extra_info["tiles_a_cpu_second"] = round(tiles / seconds)


@pytest.mark.benchmark(group="training from the pipeline and from one batch in memory")
def test_pipeline(benchmark, store):
    """The two take turns, so that what else the machine does meets both; the fastest count."""
    batches = SemanticBatches(store, "train", 4, 0, "nucleus")
    network = build_unet("compact", None, False, "nucleus")
    compile_network(network, "nucleus", SETTINGS, 1)
    batch = [keras.ops.convert_to_tensor(array) for array in batches.batch(0, 0)]
    network.train_on_batch(*batch)

    def from_memory():
        for _ in range(STEPS):
            network.train_on_batch(*batch)

    def from_pipeline():
        network.fit(EpochSequence(batches, 1), steps_per_epoch=STEPS, shuffle=False, verbose=0)

    benchmark.pedantic(from_pipeline, rounds=1)
    seconds = {from_memory: [], from_pipeline: []}
    for way in [from_memory, from_pipeline] * ROUNDS:
        started = time.perf_counter()
        way()
        seconds[way].append(time.perf_counter() - started)
    ratio = min(seconds[from_memory]) / min(seconds[from_pipeline])
    benchmark.extra_info["throughput_to_memory"] = round(ratio, 3)
    benchmark.extra_info["seconds"] = {way.__name__: found for way, found in seconds.items()}


def run_worker(benchmark, kind, folder, tiles):
    def run():
        command = [sys.executable, WORKER, kind, folder / "store", str(tiles)]
        return json.loads(subprocess.check_output(command, text=True).splitlines()[-1])

    benchmark.extra_info.update(benchmark.pedantic(run, rounds=1))


@pytest.mark.benchmark(group="maps of tiles by ResNet-101, 8 tiles")
def test_maps_of_tiles(benchmark, tmp_path):
    run_worker(benchmark, "maps", tmp_path, 8)


@pytest.mark.benchmark(group="memory at the paper's number of tiles")
def test_memory(benchmark, tmp_path):
    run_worker(benchmark, "memory", tmp_path, TILES)


@pytest.mark.benchmark(group="freed memory kept by the process or given back to the system")
@pytest.mark.parametrize("way", ["memory_kept", "memory_returned"])
def test_freed_memory(benchmark, tmp_path, way):
    run_worker(benchmark, way, tmp_path, 50)
