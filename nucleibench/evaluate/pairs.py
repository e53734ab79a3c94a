"""Score predictions in files of any kind; one row of scores per image."""

from collections.abc import Sequence
from functools import partial

from nucleibench.data.label_folders import LabelPair, read_pair
from nucleibench.evaluate.scores import score_image
from nucleibench.parallel import map_in_processes

Row = dict[str, object]
"""The columns of a metrics file."""


def score_pairs(
    pairs: Sequence[LabelPair], pixel_size: float, workers: int
) -> tuple[list[Row], list[str]]:
    """Score predictions.

    Args:
        pairs: files of true and predicted nuclei, image by image.
        pixel_size: side of a pixel in micrometres; see ``read_pair``.
        workers: number of processes.

    Returns:
        A row for each image, and what is odd about files, in words.

    Raises:
        DataError: a file cannot be read, or the two of an image cannot be compared.
    """
    scored = list(map_in_processes(partial(_score_pair, pixel_size=pixel_size), pairs, workers))
    return [row for row, _ in scored], [note for _, notes in scored for note in notes]


def _score_pair(pair: LabelPair, pixel_size: float) -> tuple[Row, list[str]]:
    true, predicted, notes = read_pair(pair, pixel_size)
    return {"image": pair.image, **score_image(true, predicted)}, notes
