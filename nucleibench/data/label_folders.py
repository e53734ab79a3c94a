"""Labels of the same images in two folders: the true ones, and those that any tool predicted.

A file has the name of its image, and is of any kind that annotations are of: a label map or
outlines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nucleibench.data.annotations import READERS, ImageFacts, read_annotation, suffix_of
from nucleibench.data.label_maps import read_shape
from nucleibench.data.notices import tell
from nucleibench.data.samples import image_id, name_some
from nucleibench.errors import DataError
from nucleibench.images.clutter import is_clutter


@dataclass(frozen=True)
class LabelPair:
    """The files of an image.

    Attributes:
        image: its name.
        true: file of its true nuclei.
        predicted: file of its predicted nuclei.
    """

    image: str
    true: Path
    predicted: Path


def pair_folders(true: str | Path, predicted: str | Path) -> list[LabelPair]:
    """Return the images of two folders, sorted by name.

    Raises:
        DataError: a folder has no labels, two files of an image, or not the images of the other;
            each line names one of these.
    """
    truth, predictions = find_labels(true), find_labels(predicted)
    missing = [
        f"{predicted}: has no prediction for {image}; an image without nuclei needs an empty label"
        " map"
        for image in sorted(truth.keys() - predictions.keys())
    ]
    unknown = [
        f"{predicted}: {image} has no true labels in {true}; move it elsewhere, or correct its name"
        for image in sorted(predictions.keys() - truth.keys())
    ]
    raise_all([*missing, *unknown])
    return [LabelPair(image, truth[image], predictions[image]) for image in sorted(truth)]


def find_labels(folder: str | Path) -> dict[str, Path]:
    """Return image -> the file of its labels.

    Raises:
        DataError: there are none, or two of one image.

    Warns:
        DataWarning: something else is in the folder, too.
    """
    entries = [path for path in sorted(Path(folder).iterdir()) if not is_clutter(path.name)]
    files = [path for path in entries if _is_label_file(path)]
    if not files:
        raise DataError(f"{folder}: holds no labels; they are files of {', '.join(READERS)}")
    if others := [path.name for path in entries if path not in files]:
        tell(f"{folder}: {name_some(others)}: not read; labels are files of {', '.join(READERS)}")
    found: dict[str, Path] = {}
    doubles = [
        f"{folder}: {other.name} and {path.name} are of one image; remove one"
        for path in files
        if (other := found.setdefault(image_id(path.name), path)) != path
    ]
    raise_all(doubles)
    return found


def raise_all(problems: Sequence[str]) -> None:
    """Raise a DataError with a line for each problem, if there are some."""
    if problems:
        raise DataError("\n".join(problems))


def _is_label_file(path: Path) -> bool:
    return path.is_file() and suffix_of(path.name) in READERS


def read_pair(pair: LabelPair, pixel_size: float) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Read the labels of an image.

    Args:
        pair: the files.
        pixel_size: side of a pixel in micrometres, by which outlines in micrometres are known.

    Returns:
        True and predicted labels, int32 (height, width), and what is odd about them, in words.

    Raises:
        DataError: a file is damaged, cannot be labels, or is of another size than the other.
    """
    files = [(path, path.read_bytes()) for path in (pair.true, pair.predicted)]
    shapes = (read_shape(path.name, content, str(path)) for path, content in files)
    shape = next((shape for shape in shapes if shape is not None), None)
    if shape is None or len(shape) != 2:
        raise DataError(_describe_unknown_shape(pair, shape))
    facts = ImageFacts(pair.image, (shape[0], shape[1]), pixel_size)
    read = [read_annotation(path.name, content, str(path), facts) for path, content in files]
    notes = [
        f"{path}: {note}"
        for (path, _), annotation in zip(files, read, strict=True)
        for note in annotation.notes
    ]
    true, predicted = (annotation.labels for annotation in read)
    return true, predicted, notes


def _describe_unknown_shape(pair: LabelPair, shape: Iterable[int] | None) -> str:
    if shape is not None:
        sides = " x ".join(map(str, shape))
        return f"{pair.true}: has {sides} numbers, where a label map (height, width) was expected"
    return (
        f"{pair.true} and {pair.predicted}: neither is a label map, so that the size of the image"
        " is unknown; give one of both as a label map"
    )
