"""Sample images with outlines: the hardest, a middle and the easiest test image."""

import numpy as np
import pandas as pd
from PIL import Image
from skimage.segmentation import find_boundaries

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.images import read_labels
from nucleibench.page.html import Picture, encode, fill, pictures
from nucleibench.page.run import Run

TITLE = "Sample images"
TEMPLATE = "samples.html"
TRUE_COLOR = (0, 114, 178)
PREDICTED_COLOR = (240, 228, 66)
SIDE = 256  # pixels of a sample, before it is enlarged
ZOOM = 3  # so that outlines are as wide as one sees them, and hide little


def render(run: Run) -> str:
    """Return samples of each dataset, segmented by the row of highest AJI on it."""
    groups = {dataset: _samples(run, dataset) for dataset in run.datasets}
    shown = {dataset: pictures(found) for dataset, found in groups.items() if found}
    colors = {"true_color": _css(TRUE_COLOR), "predicted_color": _css(PREDICTED_COLOR)}
    return fill(TEMPLATE, groups=shown, **colors) if shown else ""


def _samples(run: Run, dataset: str) -> list[Picture]:
    metrics = {
        method: read_metrics(path).set_index("image")
        for method in run.methods
        if (path := run.metrics(method, dataset)).is_file()
    }
    if not metrics:
        return []
    best = max(metrics, key=lambda method: float(metrics[method]["aji"].mean()))
    order = metrics[best]["aji"].sort_values()
    chosen = {"hardest": order.index[0], "middle": order.index[len(order) // 2]}
    chosen["easiest"] = order.index[-1]
    words = {image: word for word, image in chosen.items()}  # few images: none comes twice
    return [_sample(run, dataset, best, metrics[best].loc[image], w) for image, w in words.items()]


def _sample(run: Run, dataset: str, method: str, scores: pd.Series, word: str) -> Picture:
    image = str(scores.name)
    with Image.open(run.image(dataset, image)) as picture:
        pixels = np.array(picture.convert("RGB"))
    true = read_labels(run.labels(dataset, image))
    predicted = read_labels(run.segmentation(method, dataset, image))
    place = _crowded_place(true)
    drawn = draw_outlines(pixels[place], true[place], predicted[place])
    name = run.methods[method].name
    caption = (
        f"{dataset}, {image}, the {word} image for {name}: AJI {scores['aji']:.3f}, "
        f"{scores['n_true']:.0f} true and {scores['n_predicted']:.0f} predicted nuclei in all."
    )
    return encode(Image.fromarray(drawn), f"Outlines in {image} of {dataset}", caption)


def draw_outlines(image: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return an image, enlarged ``ZOOM`` times, with outlines of true and of predicted nuclei.

    Args:
        image: RGB uint8, shape (height, width, 3).
        true: Label map, shape (height, width).
        predicted: Label map, shape (height, width).
    """
    height, width = true.shape
    size = (ZOOM * width, ZOOM * height)
    drawn = np.array(Image.fromarray(image).resize(size, Image.Resampling.BICUBIC))
    for labels, color in ((true, TRUE_COLOR), (predicted, PREDICTED_COLOR)):
        large = labels.repeat(ZOOM, axis=0).repeat(ZOOM, axis=1)
        drawn[find_boundaries(large, mode="thick")] = color
    return drawn


def _crowded_place(true: np.ndarray) -> tuple[slice, slice]:
    """Return the square of ``SIDE``, on a grid of halves, that most nuclei pixels are in."""
    rows, columns = (range(0, max(1, size - SIDE + 1), SIDE // 2) for size in true.shape)
    places = [(slice(y, y + SIDE), slice(x, x + SIDE)) for y in rows for x in columns]
    return max(places, key=lambda place: int(np.count_nonzero(true[place])))


def _css(color: tuple[int, int, int]) -> str:
    return "rgb({}, {}, {})".format(*color)
