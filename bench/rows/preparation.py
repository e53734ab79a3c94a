"""What is made of training images: weight maps, and augmented tiles."""

import random
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

W0, SIGMA = 10, 5
TILE = 256


def draw_labels(size: int) -> dict[str, np.ndarray]:
    from bench.drawn import draw_field, lay_labels

    return {"labels": lay_labels(draw_field()[1], size)}


def our_weights(inputs: Inputs) -> Work:
    from nucleibench.prepare.weights import compute_weight_map

    return lambda: compute_weight_map(inputs["labels"], W0, SIGMA)


def plain_weights(inputs: Inputs) -> Work:
    """A distance map of the whole image for each nucleus, as it is usually written."""
    from scipy.ndimage import distance_transform_edt

    def work():
        labels = inputs["labels"]
        inside = labels > 0
        balance = np.where(inside, 1 / inside.mean(), 1 / (~inside).mean()) / 2
        nearest = second = np.full(labels.shape, np.inf)
        for number in np.unique(labels[inside]):
            distance = distance_transform_edt(labels != number)
            nearest, other = np.minimum(nearest, distance), np.maximum(nearest, distance)
            second = np.minimum(second, other)
        gaps = W0 * np.exp(-((nearest + second) ** 2) / (2 * SIGMA**2))
        return balance + np.where(inside, 0, gaps)

    return work


def draw_tiles(tiles: int) -> dict[str, Any]:
    from bench.drawn import draw_field

    image, labels = draw_field()
    corners = np.random.default_rng(0).integers(0, 1000 - TILE, (tiles, 2))
    weights = np.random.default_rng(1).random(labels.shape, np.float32)
    return {"image": image, "labels": labels, "weights": weights, "corners": corners}


def _cut(inputs: Inputs) -> list[tuple[np.ndarray, ...]]:
    return [
        tuple(
            np.ascontiguousarray(inputs[name][top : top + TILE, left : left + TILE])
            for name in ("image", "labels", "weights")
        )
        for top, left in inputs["corners"]
    ]


def our_augmentation(inputs: Inputs) -> Work:
    from nucleibench.prepare.augment import draw_coordinates, warp_all
    from nucleibench.prepare.settings import Augmentation

    ranges, half = Augmentation(), (TILE - 1) / 2
    arrays = {name: inputs[name] for name in ("image", "labels", "weights")}

    def work():
        generator = np.random.default_rng(0)
        for top, left in inputs["corners"]:
            coordinates = draw_coordinates(TILE, ranges, generator)
            warp_all(arrays, coordinates, (top + half, left + half))
        return {}

    return work


def augmentor(inputs: Inputs) -> Work:
    """The five operations of the paper, one after another."""
    from Augmentor.Operations import Distort, Flip, RotateRange, Shear, Skew
    from PIL import Image

    operations = [
        RotateRange(1, 25, 25),  # more than 25 degrees it refuses
        Distort(1, 5, 5, 6),
        Skew(1, "RANDOM", 0.1),
        Shear(1, 10, 10),
        Flip(1, "RANDOM"),
    ]
    tiles = [
        [Image.fromarray(image), Image.fromarray(labels), Image.fromarray(weights)]
        for image, labels, weights in _cut(inputs)
    ]

    def work():
        random.seed(0)
        for tile in tiles:
            arrays = list(tile)
            for operation in operations:
                if random.random() < 0.5:
                    arrays = operation.perform_operation(arrays)
            [np.asarray(array) for array in arrays]
        return {}

    return work


def albumentations(inputs: Inputs) -> Work:
    import albumentations as a

    transform = a.Compose(
        [
            a.Affine(rotate=(-180, 180), shear=(-10, 10), p=0.5),
            a.GridDistortion(num_steps=5, p=0.5),
            a.Perspective(scale=(0.05, 0.1), p=0.5),
            a.HorizontalFlip(p=0.5),
        ],
        additional_targets={"weights": "mask"},
        seed=0,
    )
    tiles = _cut(inputs)

    def work():
        for image, labels, weights in tiles:
            transform(image=image, mask=labels, weights=weights)
        return {}

    return work


COMPARISONS = [
    Comparison(
        "Weight map of U-Net",
        draw_labels,
        Candidate("ours", our_weights),
        (Candidate("distance map of each nucleus", plain_weights, limit=1000),),
        sizes=(500, 1000, 2000, 4000),
        quick=(400, 1000),
        aim=20,
        tolerance=1e-4,
    ),
    Comparison(
        "Augmentation of image, labels and weights",
        draw_tiles,
        Candidate("ours", our_augmentation),
        (
            Candidate(
                "Augmentor",
                augmentor,
                "augmentor",
                "other draws; each operation interpolates anew, and turns at most 25 degrees",
            ),
            Candidate(
                "albumentations",
                albumentations,
                "albumentations",
                "other draws; up to three interpolations one after another",
            ),
        ),
        sizes=(50, 200, 800),
        quick=(25, 100),
        unit="tiles of 256 px",
        dimension=1,
        aim=3,
        rivals=("Augmentor",),
        rate=float,
        rate_unit="tiles",
    ),
]
