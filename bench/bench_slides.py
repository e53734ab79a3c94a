"""Whole slides region by region, beside their maps at once.

    python bench/bench_slides.py [SIDE ...]   time and peak memory, one process for each way

A slide is a drawn field laid side by side, of 2,000 and 8,000 pixels unless other sides are given.
A tile is laid one way before the network that comes along. ``at once`` keeps the image and its maps
in memory, and labels them as one.
"""

import os
import resource
import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import numpy as np

FIELD = 1000
SIDES = ("2000", "8000")


def main(sides):
    print(
        "way, side, megapixels, processor seconds a megapixel, seconds, peak memory in MB, nuclei"
    )
    for side in sides:
        for way in WAYS:
            command = [sys.executable, __file__, way, side]
            environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}
            subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)


def measure(way, side):
    from nucleibench.families.unet.release import read_release
    from nucleibench.slides.trained_network import load_trained_network

    release = files("nucleibench") / "pretrained" / "compact_unet"
    network = load_trained_network(read_release(Path(str(release))), turns=1)
    network.predict(np.zeros((4, 256, 256, 3), np.uint8))
    raster = Laid(side)
    processor, clock = time.process_time(), time.perf_counter()
    nuclei = WAYS[way](raster, network)
    processor, clock = time.process_time() - processor, time.perf_counter() - clock
    megapixels = side**2 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{way}, {side}, {megapixels:.0f}, {processor / megapixels:.3f}, {clock:.1f}, {peak:.0f},"
        f" {nuclei}",
        flush=True,
    )


class Laid:
    """A slide of one drawn field laid side by side, of which no more is in memory."""

    def __init__(self, side):
        from nucleibench.data.synthetic import draw_image

        self.field, _ = draw_image("breast", "drawn", 0, FIELD)
        self.shape, self.pixel_size, self.path = (side, side), 0.25, Path("drawn")

    def read(self, top, left, height, width):
        rows, columns = np.arange(top, top + height), np.arange(left, left + width)
        return self.field[np.ix_(rows % FIELD, columns % FIELD)]

    def overview(self, longest):
        step = max(self.shape) // longest
        rows = np.arange(0, self.shape[0], step) % FIELD
        return self.field[np.ix_(rows, rows)]


def by_region(raster, network):
    from nucleibench.slides.whole_slide import SlideSettings, segment_slide, survey_slide

    settings = SlideSettings(tissue="all")
    survey = survey_slide(raster, network.reference, settings)
    return sum(len(part.certainty) for part in segment_slide(survey, network, settings))


def at_once(raster, network):
    from nucleibench.labelling.instances import label_nuclei
    from nucleibench.labelling.stitch import predict_map
    from nucleibench.stain.reference import normalize_image

    image, _ = normalize_image(raster.read(0, 0, *raster.shape), network.reference)
    tiling = network.inference
    maps = predict_map(image, network.predict, network.tile_size, tiling.overlap, tiling.batch_size)
    return label_nuclei(maps, network.setting).max()


WAYS = {"at once": at_once, "by region": by_region}

if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] in WAYS:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        main(sys.argv[1:] or SIDES)
