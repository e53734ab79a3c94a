"""Memory of a training at the paper's number of tiles, and the first stage's maps.

    pytest bench/bench_training.py --benchmark-only --benchmark-json=FILE

The column of extra information (--benchmark-json) holds what each is about.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("training_worker.py")
TILES = 6720  # the paper's


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
