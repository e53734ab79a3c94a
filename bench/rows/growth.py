"""How time and memory grow: images, nuclei and slides in numbers of 1, 2, 4 and 8.

Time is to be linear, and memory flat. Images and slides go through the command ``segment``, with
the files that it writes by default.
"""

import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

IMAGE, SLIDE = 300, 1024
SIDE = 2000
"""Pixels of the image whose nuclei are measured."""


def draw_number(number: int) -> dict[str, Any]:
    return {"number": number}


def _segment(files: list[Path], folder: Path) -> Work:
    """Return the command on files; each run has a folder of results of its own."""
    from nucleibench.cli import main

    runs = count()

    def work():
        images = [str(path) for path in files]
        failed = main(["segment", *images, str(folder / f"results{next(runs)}"), "--turns", "1"])
        return {"failed": failed}

    return work


def _write(number: int, side: int, **how: Any) -> tuple[list[Path], Path]:
    """Write TIFF files with drawn tissue at 0.25 micrometres a pixel."""
    import tifffile

    from bench.drawn import lay_image

    folder, image = Path(tempfile.mkdtemp()), lay_image(side)
    files = [folder / f"drawn{place}.tif" for place in range(number)]
    resolution: Any = {"resolution": (40_000, 40_000), "resolutionunit": "CENTIMETER"}
    for path in files:
        tifffile.imwrite(path, image, photometric="rgb", **resolution, **how)
    return files, folder


def images(inputs: Inputs) -> Work:
    return _segment(*_write(int(inputs["number"]), IMAGE))


def slides(inputs: Inputs) -> Work:
    return _segment(*_write(int(inputs["number"]), SLIDE, tile=(256, 256), compression="zlib"))


def draw_nuclei(nuclei: int) -> dict[str, np.ndarray]:
    """Draw an image of one size, in which so many nuclei are labelled."""
    from bench.drawn import draw_field, lay_image, lay_labels

    labels = lay_labels(draw_field()[1], SIDE)
    return {"labels": np.where(labels <= nuclei, labels, 0), "image": lay_image(SIDE)}


def measure_nuclei(inputs: Inputs) -> Work:
    """Measurements and outlines of all nuclei."""
    from nucleibench.slides.nuclei import describe
    from nucleibench.slides.regions import Regions

    return lambda: {"nuclei": len(describe(Regions(inputs["labels"], inputs["image"], 1.0)))}


def compare(unit: str, draw: Any, ours: Any, sizes: tuple[int, ...], quick: bool) -> Comparison:
    return Comparison(
        f"Growth: {unit}", draw, Candidate("ours", ours), sizes=sizes,
        quick=sizes[:2] if quick else (), unit=unit, dimension=1, rate=float, rate_unit=unit,
    )  # fmt: skip


COMPARISONS = [
    compare(f"images of {IMAGE} px", draw_number, images, (1, 2, 4, 8), quick=True),
    compare("nuclei", draw_nuclei, measure_nuclei, (400, 800, 1600, 3200), quick=True),
    compare(f"slides of {SLIDE:,} px", draw_number, slides, (1, 2, 4, 8), quick=False),
]
