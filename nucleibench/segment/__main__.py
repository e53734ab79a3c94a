"""Segment the nuclei of images with a trained network: python -m nucleibench.segment IMAGES OUTPUT.

IMAGES is an image or a folder of images (RGB, about 0.25 micrometres a pixel, as scanned at 40x).
"""

import argparse
import os
import sys
from pathlib import Path

from nucleibench.errors import NucleiBenchError
from nucleibench.training.runtime import configure

MODEL = Path(__file__).resolve().parents[2] / "pretrained" / "compact_unet"


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m nucleibench.segment",
        description="Segment nuclei in H&E images; write label maps, outlines and nuclei.csv.",
    )
    parser.add_argument("images", type=Path, help="an image, or a folder of images, at 40x")
    parser.add_argument("output", type=Path, help="folder to write to")
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of a trained network")
    parser.add_argument(
        "--turns",
        type=int,
        choices=range(1, 9),
        help="ways to lay a tile, averaged; 1 is fastest; by default those of the scores",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="CPU threads")
    parser.add_argument("--gpu", type=int, default=0, help="number of accelerators to use")
    return parser.parse_args(arguments)


def main() -> int:
    """Segment, and say where the results are."""
    chosen = read_arguments()
    configure({"backend": "tensorflow", "precision": "float32"}, chosen.threads, chosen.gpu, seed=0)
    from nucleibench.segment.trained import find_images, load_segmenter, segment_images

    try:
        images = find_images(chosen.images)
        nuclei = segment_images(load_segmenter(chosen.model, chosen.turns), images, chosen.output)
    except NucleiBenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"{len(nuclei)} nuclei in {nuclei['image'].nunique()} images: {chosen.output}/nuclei.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
