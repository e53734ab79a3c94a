"""What the viewer shows: every test image with its nuclei, as far as they fit into the page."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.evaluate.mistakes import classify_predicted, classify_true
from nucleibench.images import read_labels
from nucleibench.page.run import Run
from nucleibench.page.viewer.packing import pack
from nucleibench.page.viewer.pictures import encode_webp
from nucleibench.page.viewer.shapes import draw_shapes

Metrics = dict[str, dict[str, pd.DataFrame]]
"""Dataset -> row -> its scores, with images as index."""


@dataclass(frozen=True)
class View:
    """An image with its true nuclei, and with those of every row.

    Attributes:
        dataset: its name.
        image: its name.
        shape: height and width in pixels.
        picture: WebP, as base64.
        true: outlines of the true nuclei, packed.
        predicted: row -> packed: what became of each true nucleus, what each predicted nucleus is
            (both places in OUTCOMES), and the outlines of the predicted ones.
    """

    dataset: str
    image: str
    shape: tuple[int, int]
    picture: str
    true: str
    predicted: dict[str, str]

    @property
    def size(self) -> int:
        """Bytes that it takes in the page."""
        return sum(map(len, (self.picture, self.true, *self.predicted.values())))


def read_all_metrics(run: Run) -> Metrics:
    """Return the scores of all rows that have any."""
    return {
        dataset: {
            method: read_metrics(path).set_index("image")
            for method in run.methods
            if (path := run.metrics(method, dataset)).is_file()
        }
        for dataset in run.datasets
    }


def gather_views(run: Run, metrics: Metrics, limit: int) -> Iterator[View]:
    """Yield views, those of lowest mean AJI first, until they take more bytes than ``limit``."""
    taken = 0
    for dataset, image in _hardest_first(metrics):
        view = _view(run, dataset, image, list(metrics[dataset]))
        taken += view.size
        if taken > limit:
            return
        yield view


def _hardest_first(metrics: Metrics) -> list[tuple[str, str]]:
    means = {
        (dataset, str(image)): float(aji)
        for dataset, rows in metrics.items()
        if rows
        for image, aji in pd.DataFrame({m: s["aji"] for m, s in rows.items()}).mean(axis=1).items()
    }
    return sorted(means, key=lambda place: means[place])


def _view(run: Run, dataset: str, image: str, methods: list[str]) -> View:
    true = read_labels(run.labels(dataset, image))
    predicted = {
        method: _compare(true, read_labels(run.segmentation(method, dataset, image)))
        for method in methods
    }
    height, width = true.shape
    with Image.open(run.image(dataset, image)) as picture:
        text = encode_webp(picture.convert("RGB"))
    return View(dataset, image, (height, width), text, pack(draw_shapes(true)), predicted)


def _compare(true: np.ndarray, predicted: np.ndarray) -> str:
    """Return a prediction, packed as :class:`View` has it."""
    table = tabulate_overlaps(true, predicted)
    return pack([classify_true(table), classify_predicted(table), *draw_shapes(predicted)])
