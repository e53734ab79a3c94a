"""How released networks hold on images that look otherwise: paler, darker, of other hues, blurred.

    python bench/bench_robustness.py FOLDER [--images NAME ...] [--models FOLDER ...]

FOLDER has ``images/{name}.png`` and ``labels/{name}.tif``, as an imported dataset of the workflow
has them (``results/*/data/monuseg``). The table has the mean AJI of each change, their mean, and
the worst. Choose by it on images that no test needs.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

import nucleibench
from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.scores import aggregated_jaccard_index
from nucleibench.images import read_labels, read_rgb
from nucleibench.slides.planning import SHIPPED


def main():
    chosen = parse()
    images = sorted((chosen.folder / "images").glob("*.png"))
    images = [path for path in images if chosen.images is None or path.stem in chosen.images]
    table = pd.DataFrame({model: score(Path(model), images) for model in chosen.models})
    print(pd.concat([table, table.agg(["mean", "min"])]).round(4).to_string())


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--images", nargs="+", help="names; all by default")
    parser.add_argument("--models", nargs="+", default=[SHIPPED])
    return parser.parse_args()


def score(model, images):
    """Return the mean AJI over images, change by change."""
    scores = {name: [score_image(model, path, change) for path in images]
              for name, change in CHANGES.items()}  # fmt: skip
    return {name: np.mean(values) for name, values in scores.items()}


def score_image(model, path, change):
    truth = read_labels(path.parent.parent / "labels" / f"{path.stem}.tif")
    found = nucleibench.segment(change(read_rgb(path)), model=model, tissue="all")
    return aggregated_jaccard_index(tabulate_overlaps(truth, found.labels))


def scale_density(*factors):
    """Return what multiplies the optical density of each channel."""

    def change(image):
        density = -np.log((image.astype(np.float32) + 1) / 256) * np.float32(factors)
        return np.clip(256 * np.exp(-density) - 1, 0, 255).round().astype(np.uint8)

    return change


def compress(image):
    encoded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1].copy()


CHANGES = {
    "as it is": lambda image: image,
    "pale": scale_density(0.6, 0.6, 0.6),
    "dark": scale_density(1.4, 1.4, 1.4),
    "bluish": scale_density(1.25, 1, 0.75),
    "pink": scale_density(0.75, 1.05, 1.15),
    "blurred": lambda image: cv2.GaussianBlur(image, (0, 0), 1.5),
    "compressed": compress,
    "tinted glass": lambda image: (image * np.float32([0.9, 0.93, 0.88])).round().astype(np.uint8),
}

if __name__ == "__main__":
    main()
