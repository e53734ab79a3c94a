"""A process that does one part of a training's work and tells its seconds and memory as JSON.

Usage: python training_worker.py maps|memory|memory_kept|memory_returned FOLDER TILES
"""

import json
import os
import resource
import sys
import time
from pathlib import Path

os.environ |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3"}

import numpy as np
import pandas as pd

from nucleibench.compute.runtime import keep_freed_memory
from nucleibench.families.unet.batches import SemanticBatches
from nucleibench.families.unet.map_tiles import write_maps_of_tiles
from nucleibench.families.unet.network import build_unet
from nucleibench.families.unet.train import compile_network
from nucleibench.files import write_json
from nucleibench.prepare.store import KINDS, TileStore, open_store
from nucleibench.training.batches import EpochSequence
from nucleibench.training.settings import TrainingSettings

SIZE, BATCH = 256, 4
SETTINGS = TrainingSettings(execution="graph")


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


def maps(folder: Path, count: int) -> dict[str, float]:
    """Write ResNet-101's maps of some tiles."""
    network, store = build_unet("resnet101", None, False, "nucleus"), make_store(folder, count)
    network(store.images[:1])
    before = memory_mb("RssAnon")
    started = time.perf_counter()
    write_maps_of_tiles(network, store, BATCH, "graph", folder / "maps.npy")
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


def memory_kept(folder: Path, count: int) -> dict[str, float]:
    """Train as the workflow's jobs do."""
    keep_freed_memory()
    return memory_returned(folder, count)


def memory_returned(folder: Path, count: int) -> dict[str, float]:
    """Train ResNet-50 for two epochs; tell of the second what a step takes of the processor."""
    batches = SemanticBatches(make_store(folder, count), "train", BATCH, 0, "nucleus")
    network = build_unet("resnet50", None, False, "nucleus")
    compile_network(network, "nucleus", SETTINGS, 1)
    network.fit(EpochSequence(batches, 0), shuffle=False, verbose=0)
    before = resource.getrusage(resource.RUSAGE_SELF)
    network.fit(EpochSequence(batches, 1), shuffle=False, verbose=0)
    after = resource.getrusage(resource.RUSAGE_SELF)
    user, system = (
        getattr(after, kind) - getattr(before, kind) for kind in ("ru_utime", "ru_stime")
    )
    return {
        "cpu_seconds_a_step": (user + system) / len(batches),
        "share_of_the_system": system / (user + system),
        "peak_mb": memory_mb("VmHWM"),
    }


WORK = {
    "maps": maps,
    "memory": memory,
    "memory_kept": memory_kept,
    "memory_returned": memory_returned,
}

if __name__ == "__main__":
    kind, folder, count = sys.argv[1:]
    print(json.dumps(WORK[kind](Path(folder), int(count))))
