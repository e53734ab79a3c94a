"""Segment the nuclei of images with a trained network: python -m nucleibench.segment IMAGES OUTPUT.

IMAGES is an image or a folder of images (RGB). Scans at 40x have pixels of about 0.25 micrometres;
give --pixel-size for others. Fields of one slide are segmented better with --one-slide.
"""

import argparse
import math
import os
import sys
from pathlib import Path

from nucleibench.errors import NucleiBenchError
from nucleibench.images import PIXEL_SIZE
from nucleibench.training.runtime import configure

MODEL = Path(__file__).resolve().parents[2] / "pretrained" / "compact_unet"


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m nucleibench.segment",
        description="Segment nuclei in H&E images; write label maps, outlines and nuclei.csv.",
    )
    parser.add_argument("images", type=Path, help="an image, or a folder of images")
    parser.add_argument("output", type=Path, help="folder to write to")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of a trained network")
    parser.add_argument(
        "--turns",
        type=int,
        choices=range(1, 9),
        help="ways to lay a tile, averaged; 1 is fastest; by default those of the scores",
    )
    parser.add_argument(
        "--pixel-size",
        type=positive,
        default=PIXEL_SIZE,
        help="side of a pixel in micrometres: 0.25 at 40x, 0.5 at 20x",
    )
    parser.add_argument(
        "--one-slide",
        action="store_true",
        help="the images are fields of one slide: measure its stains in all of them together",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads")
    parser.add_argument("--gpu", type=int, default=0, help="number of accelerators to use")
    return parser.parse_args(arguments)


def positive(text: str) -> float:
    """Read a number above 0."""
    number = float(text)
    if not 0 < number < math.inf:
        raise ValueError
    return number


def main() -> int:
    """Segment, and say where the results are."""
    chosen = read_arguments()
    configure({"backend": "tensorflow", "precision": "float32"}, chosen.threads, chosen.gpu, seed=0)
    from nucleibench.segment.trained import (
        at_pixel_size,
        find_images,
        load_normalizer,
        load_segmenter,
        segment_images,
    )

    try:
        images = find_images(chosen.images)
        segment = at_pixel_size(load_segmenter(chosen.model, chosen.turns), chosen.pixel_size)
        slides = [images] if chosen.one_slide else [[image] for image in images]
        normalize = load_normalizer(chosen.model)
        nuclei = segment_images(normalize, segment, slides, chosen.output)
    except NucleiBenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"{len(nuclei)} nuclei in {nuclei['image'].nunique()} images: {chosen.output}/nuclei.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
