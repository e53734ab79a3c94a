"""All images at hand from the archives to normalised images and label maps, with two processes.

    python bench/bench_preparation.py

Needs NUCLEIBENCH_REAL_DATA, the folder of the archives.
"""

import resource
import tempfile
import time
from pathlib import Path

from real_data import TARGET, import_real_data, normalize_real_data

PUBLISHED = 94  # images of MoNuSeg and TNBC together
WORKERS = 2


def prepare(folder, dataset):
    """Import and normalise one dataset; return how many images it has."""
    place = import_real_data(folder, dataset, WORKERS)
    normalize_real_data(folder, dataset, Path(folder) / f"monuseg/images/{TARGET}.png", WORKERS)
    return len(list((place / "normalized").glob("*.png")))


def processor_seconds():
    """Return what this process and those that it waited for took."""
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in usage)


def main():
    with tempfile.TemporaryDirectory() as folder:
        wall, processor = time.perf_counter(), processor_seconds()
        images = sum(prepare(folder, dataset) for dataset in ("monuseg", "tnbc"))
        wall, processor = time.perf_counter() - wall, processor_seconds() - processor
    for name, seconds in (("wall clock", wall), ("processors", processor)):
        scaled = seconds / images * PUBLISHED
        print(f"{name}: {seconds:.1f} s for {images} images, {scaled:.1f} s for {PUBLISHED}")


if __name__ == "__main__":
    main()
