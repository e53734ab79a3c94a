"""Segment images of one's own with a trained network, without a workflow."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from skimage.measure import regionprops_table
from skimage.segmentation import find_boundaries
from tqdm import tqdm

from nucleibench.errors import DataError
from nucleibench.files import atomic_path
from nucleibench.images import PIXEL_SIZE, read_rgb, write_labels, write_rgb
from nucleibench.models.registry import load_network
from nucleibench.models.release import CHOICE, STAINS, WEIGHTS, read_release
from nucleibench.segment.instances import label_nuclei, read_choice
from nucleibench.segment.predict import map_predictor
from nucleibench.segment.stitch import predict_map
from nucleibench.stain.target import normalize_together, read_target

SUFFIXES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")
OUTLINE = (0, 255, 0)
MEASURES = ("label", "area", "centroid", "eccentricity", "solidity", "orientation")

# From one image to its labels; and from images to as many in other colours.
Segmenter = Callable[[np.ndarray], np.ndarray]
Normalizer = Callable[[Sequence[np.ndarray]], list[np.ndarray]]


def load_normalizer(folder: str | Path) -> Normalizer:
    """Return what brings images of one slide to the colours that a release was trained on."""
    read_release(folder)
    target = read_target(Path(folder) / STAINS)
    return lambda images: normalize_together(images, target)[0]


def load_segmenter(folder: str | Path, turns: int | None = None) -> Segmenter:
    """Return the function from normalised RGB uint8 (height, width, 3) at 40x to int32 labels.

    ``folder`` is that of a release, see :mod:`nucleibench.models.release`; ``turns`` is in how many
    ways tiles are laid before the network, by default as many as its scores were made with.
    """
    card, folder = read_release(folder), Path(folder)
    method, inference = card["method"], card["inference"]
    network = load_network(method, folder / WEIGHTS)
    turns = turns or method["turns"]
    predictor = map_predictor(network, method["target"], turns=turns, execution="graph")
    settings = read_choice(folder / CHOICE)

    def segment(image: np.ndarray) -> np.ndarray:
        return label_nuclei(predict_map(image, predictor, **inference), settings)

    return segment


def at_pixel_size(segment: Segmenter, pixel_size: float) -> Segmenter:
    """Return the segmenter of images whose pixels have another side than ``PIXEL_SIZE``.

    Images are brought to the networks' scale and their labels back. ``pixel_size`` is in
    micrometres: 0.5 for a scan at 20x.
    """
    scale = pixel_size / PIXEL_SIZE
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC

    def rescaled(image: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        size = max(1, round(width * scale)), max(1, round(height * scale))
        labels = segment(cv2.resize(image, size, interpolation=interpolation))
        return cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)

    return segment if scale == 1 else rescaled


def segment_images(
    normalize: Normalizer, segment: Segmenter, slides: Sequence[Sequence[Path]], output: str | Path
) -> pd.DataFrame:
    """Segment the images of each slide; return, and write, a row a nucleus.

    Writes ``{image}.tif`` (instance labels), ``{image}_outlines.png`` and ``nuclei.csv`` with
    image, label, area in pixels, centroid (row, column), eccentricity, solidity and orientation in
    radians.
    """
    output, tables = Path(output), []
    total = sum(map(len, slides))
    for path, image, normalized in tqdm(_read(slides, normalize), "segment", total, unit="image"):
        labels = segment(normalized)
        write_labels(output / f"{path.stem}.tif", labels)
        write_rgb(output / f"{path.stem}_outlines.png", draw_outlines(image, labels))
        nuclei = pd.DataFrame(regionprops_table(labels, properties=MEASURES))
        tables.append(nuclei.assign(image=path.stem))
    nuclei = pd.concat(tables, ignore_index=True)
    nuclei = nuclei[["image", *nuclei.columns.drop("image")]]
    with atomic_path(output / "nuclei.csv") as temporary:
        nuclei.to_csv(temporary, index=False)
    return nuclei


def _read(
    slides: Sequence[Sequence[Path]], normalize: Normalizer
) -> Iterator[tuple[Path, np.ndarray, np.ndarray]]:
    """Yield every image with its path and as the network is to see it, one slide at a time."""
    for paths in slides:
        images = [read_rgb(path) for path in paths]
        yield from zip(paths, images, normalize(images), strict=True)


def find_images(place: Path) -> list[Path]:
    """Return an image, or those of a folder by name; their stems name what is written of them."""
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise DataError(f"{place} does not exist; give an image or a folder of images")
    found = sorted(path for path in place.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise DataError(f"{place} holds no images ({', '.join(SUFFIXES)})")
    stems = [path.stem for path in found]
    if twins := sorted({stem for stem in stems if stems.count(stem) > 1}):
        raise DataError(f"{place}: several images are called {twins[0]}; rename all but one")
    return found


def draw_outlines(image: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the image with a green line of two pixels around each nucleus."""
    outlined = image.copy()
    outlined[find_boundaries(labels, mode="thick")] = OUTLINE
    return cv2.addWeighted(outlined, 0.8, image, 0.2, 0)
