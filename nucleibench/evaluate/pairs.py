"""Score predictions in files of any kind; one row of scores per image."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from nucleibench.data.label_folders import LabelPair, raise_all, read_pair
from nucleibench.data.spreads import Spread, describe_spreads, measure_spread
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
    raise_all([image.problem for image in scored if image.problem])
    notes = [note for image in scored for note in image.notes]
    return [image.row for image in scored], [*notes, *_describe_together(pairs, scored)]


@dataclass(frozen=True)
class _Scored:
    """What an image gave: a row with notes, and where its nuclei lie; or what is wrong."""

    row: Row = field(default_factory=dict)
    notes: Sequence[str] = ()
    spreads: tuple[Spread | None, ...] = ()
    problem: str = ""


def _describe_together(pairs: Sequence[LabelPair], scored: Sequence[_Scored]) -> list[str]:
    """Return what is odd about all images of a folder together."""
    folders = (pairs[0].true.parent, pairs[0].predicted.parent)
    spreads = zip(*(image.spreads for image in scored), strict=True)
    return [
        f"{folder}: {note}"
        for folder, found in zip(folders, spreads, strict=True)
        for note in describe_spreads(found)
    ]


def _try_score(pair: LabelPair, pixel_size: float) -> _Scored:
    try:
        true, predicted, notes = read_pair(pair, pixel_size)
        row = {"image": pair.image, **score_image(true, predicted)}
    except DataError as error:
        return _Scored(problem=str(error))
    spreads = (measure_spread(pair.image, labels, pixel_size) for labels in (true, predicted))
    return _Scored(row, notes, tuple(spreads))
