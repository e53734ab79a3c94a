"""The command on whole slides: processor time, memory, and what is not the network.

    python bench/bench_slides.py [SIDE ...] [--share S] [--members N,N ...] [--folder F]

A slide is a made-up pyramid in TIFF: a square of drawn tissue in glass, ``S`` of the slide. Each
run is a process of its own, and its time is that of the whole process. ``N,N`` are the networks of
the release that segment. Their share of the time is what they take for as many pixels, alone, in
the same process.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

FIELD, TILE, GLASS = 1000, 512, 243
HEADER = (
    "side, networks, megapixels of tissue, nuclei, processor s, processor s a megapixel, "
    "share not the network, s, peak memory in MB"
)


def main():
    chosen = parse()
    if chosen.measure:
        measure(Path(chosen.measure), chosen.members[0])
        return
    print(HEADER)
    with tempfile.TemporaryDirectory(dir=chosen.folder) as folder:
        for side in chosen.sides:
            slide = Path(folder) / f"{side}.tif"
            write_slide(slide, side, chosen.share)
            for members in chosen.members:
                command = [sys.executable, __file__, "--measure", str(slide), "--members", members]
                subprocess.run(command, check=True, env={**os.environ, "CUDA_VISIBLE_DEVICES": ""})


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sides", type=int, nargs="*", default=[8000, 20000])
    parser.add_argument("--share", type=float, default=0.1)
    parser.add_argument("--members", nargs="+", default=["1,2,3", "1,3", "3"])
    parser.add_argument("--folder")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    return parser.parse_args()


def write_slide(path, side, share):
    """Write a tiled pyramid in JPEG, level by level, tile by tile."""
    import tifffile

    from nucleibench.data.synthetic import draw_image

    field, _ = draw_image("breast", "drawn", 0, FIELD)
    tissue = round(side * share**0.5)
    square = ((side - tissue) // 2, (side + tissue) // 2)
    with tifffile.TiffWriter(path, bigtiff=True) as tiff:
        step = 1
        while step == 1 or side // step > TILE:
            tiff.write(
                cut_tiles(field, side // step, step, square),
                shape=(side // step, side // step, 3),
                dtype=np.uint8,
                photometric="rgb",
                tile=(TILE, TILE),
                compression="jpeg",
                subfiletype=int(step > 1),
                resolution=(40_000 / step, 40_000 / step),
                resolutionunit="CENTIMETER",
            )
            step *= 2


def cut_tiles(field, side, step, square):
    for top in range(0, side, TILE):
        for left in range(0, side, TILE):
            rows, columns = (np.arange(start, start + TILE) * step for start in (top, left))
            tile = np.full((TILE, TILE, 3), GLASS, np.uint8)
            inside = np.ix_(
                *((place >= square[0]) & (place < square[1]) for place in (rows, columns))
            )
            tile[inside] = field[np.ix_(rows % FIELD, columns % FIELD)][inside]
            yield tile


def measure(slide, members):
    """Segment a slide as the command does, and print its row."""
    from nucleibench.slides.batch import segment_batch
    from nucleibench.slides.options import Options
    from nucleibench.slides.planning import find_release, plan_batch

    threads = len(os.sched_getaffinity(0))
    release = find_release(members=[int(number) for number in members.split(",")])
    kinds, began = ("geojson", "csv", "labels", "picture"), time.perf_counter()
    with tempfile.TemporaryDirectory(dir=slide.parent) as output:
        batch = plan_batch([slide], Path(output), kinds, release, Options(threads=threads))
        tell = lambda line: print(line, file=sys.stderr)  # noqa: E731
        (record,), _ = segment_batch(batch, tell, lambda name, done, total: None)
    clock, processor = time.perf_counter() - began, time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    alone = count_pixels(slide, release) * time_pixel(release, threads)
    tissue = record.counts["tissue_mm2"] * 1e6 / record.pixel_size["um"] ** 2 / 1e6
    print(
        f"{slide.stem}, {members.replace(',', ' ')}, {tissue:.1f}, {record.counts['nuclei']}, "
        f"{processor:.1f}, {processor / tissue:.2f}, {1 - alone / processor:.0%}, "
        f"{clock:.0f}, {peak:.0f}",
        flush=True,
    )


def count_pixels(slide, release):
    """Return how many pixels of windows of tiles the networks see."""
    from nucleibench.images.raster import open_raster
    from nucleibench.slides.tiling import choose_tiles, lay_tiles
    from nucleibench.slides.tissue import find_tissue

    with open_raster(slide) as raster:
        tissue = find_tissue(raster, raster.pixel_size)
        grid = lay_tiles(raster.shape, release.tile_size, release.inference.overlap)
    boxes = [grid.box(tile) for tile in choose_tiles(grid, tissue, 0, raster.shape[1])]
    return sum(height * width for _, _, height, width in boxes)


def time_pixel(release, threads, batches=6):
    """Return the processor seconds of the networks for one pixel."""
    from nucleibench.slides.trained_network import load_trained_network

    network = load_trained_network(release, threads=threads)
    size, count = network.tile_size, network.inference.batch_size
    random = np.random.default_rng(0)
    shape = (count, size, size, 3 * len(network.views))
    tiles = random.integers(0, 256, shape, np.uint8)
    list(network.predict(tiles))
    began = time.process_time()
    for _ in range(batches):
        list(network.predict(tiles))
    return (time.process_time() - began) / batches / count / size**2


if __name__ == "__main__":
    main()
