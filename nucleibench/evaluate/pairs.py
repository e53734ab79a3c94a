"""Score predictions in files of any kind; one row of scores per image."""

from collections.abc import Sequence
from functools import partial

from nucleibench.data.label_folders import LabelPair, raise_all, read_pair
from nucleibench.errors import DataError
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
        DataError: files cannot be read, or the two of an image cannot be compared; a line for each
            of these images.
    """
    score = partial(_try_score, pixel_size=pixel_size)
    scored = list(map_in_processes(score, pairs, workers))
    raise_all([problem for _, _, problem in scored if problem])
    return [row for row, _, _ in scored], [note for _, notes, _ in scored for note in notes]


def _try_score(pair: LabelPair, pixel_size: float) -> tuple[Row, list[str], str]:
    """Return a row, notes and no problem, or neither and what is wrong."""
    try:
        true, predicted, notes = read_pair(pair, pixel_size)
        return {"image": pair.image, **score_image(true, predicted)}, notes, ""
    except DataError as error:
        return {}, [], str(error)
