"""A process that does one part of a training's work and tells its seconds and memory as JSON.

Usage: python training_worker.py stage_one|memory FOLDER TILES
"""

import json
import os
import sys
import time
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}

import numpy as np
import pandas as pd

from nucleibench.files import write_json
from nucleibench.models.unet import build_unet
from nucleibench.prepare.store import KINDS, TileStore, open_store
from nucleibench.training.batches import EpochSequence, SemanticBatches
from nucleibench.training.semantic import compile_network, write_stage_one_maps

SIZE, BATCH = 256, 4
SETTINGS = {
    "batch_norm_momentum": 0.99,
    "learning_rate": 1e-4,
    "schedule": "constant",
    "execution": "graph",
}


def make_store(folder: Path, count: int) -> TileStore:
    """Make a store of empty tiles, files with holes that take no room on the disk."""
    folder.mkdir(parents=True)
    for kind, dtype in KINDS.items():
        shape = (count, SIZE, SIZE, 3) if kind == "images" else (count, SIZE, SIZE)
        np.lib.format.open_memmap(folder / f"{kind}.npy", "w+", dtype, shape)
    split = np.where(np.arange(count) % 5, "train", "validation")
    sheet = {"image": "empty", "top": 0, "left": 0, "variant": range(count), "split": split}
    pd.DataFrame(sheet).to_csv(folder / "tiles.csv", index=False)
    write_json(folder / "digests.json", {})
    return open_store(folder)


def memory_mb(kind: str) -> int:
    """Return this process' memory: RssAnon (its own), VmHWM (peak, with shared file pages)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) // 1024


def stage_one(folder: Path, count: int) -> dict[str, float]:
    """Write ResNet-101's maps of some tiles."""
    network, store = build_unet("resnet101", None, False, "nucleus"), make_store(folder, count)
    network(store.images[:1])
    before = memory_mb("RssAnon")
    started = time.perf_counter()
    write_stage_one_maps(network, store, BATCH, folder / "maps.npy")
    seconds = (time.perf_counter() - started) / count
    return {"seconds_a_tile": seconds, "network_mb": before, "peak_mb": memory_mb("VmHWM")}


def memory(folder: Path, count: int) -> dict[str, float]:
    """Prepare every batch of an epoch, beside a network that has been trained for a step."""
    batches = SemanticBatches(make_store(folder, count), "train", BATCH, 0, "nucleus")
    network = build_unet("compact", None, False, "nucleus")
    compile_network(network, "nucleus", SETTINGS, 1)
    network.train_on_batch(*batches.batch(0, 0))
    before, largest = memory_mb("RssAnon"), 0
    sequence = EpochSequence(batches, 0)
    for index in range(len(sequence)):
        sequence[index]
        largest = max(largest, memory_mb("RssAnon")) if index % 50 == 0 else largest
    return {"network_mb": before, "batches_mb": largest - before, "peak_mb": memory_mb("VmHWM")}


if __name__ == "__main__":
    kind, folder, count = sys.argv[1:]
    result = {"stage_one": stage_one, "memory": memory}[kind](Path(folder), int(count))
    print(json.dumps(result))
