"""All images at hand from the archives to normalised images and label maps.

    python bench/bench_preparation.py WORKERS

Needs NUCLEIBENCH_REAL_DATA, the folder of the archives. With one worker everything runs in this
process, and its time on the processor is told too, which other work on the machine hardly changes.
"""

import sys
import tempfile
import time
from pathlib import Path

from real_data import REFERENCE, import_real_data, normalize_real_data

PUBLISHED = 94  # images of MoNuSeg and TNBC together


def prepare(folder, dataset, workers):
    """Import and normalise one dataset; return how many images it has."""
    place = import_real_data(folder, dataset, workers)
    normalize_real_data(folder, dataset, Path(folder) / f"monuseg/images/{REFERENCE}.png", workers)
    return len(list((place / "normalized").glob("*.png")))


def main(workers):
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), time.process_time()
        images = sum(prepare(folder, dataset, workers) for dataset in ("monuseg", "tnbc"))
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
    for name, seconds in [("wall clock", wall), ("processor", processor)][
        : 2 if workers == 1 else 1
    ]:
        scaled = seconds / images * PUBLISHED
        print(f"{name}: {seconds:.1f} s for {images} images, {scaled:.1f} s for {PUBLISHED}")


if __name__ == "__main__":
    main(int(sys.argv[1]))
