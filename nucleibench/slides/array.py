"""Segment an image that is in memory."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import ValidationError

from nucleibench.compute.quiet import held_back
from nucleibench.errors import ConfigurationError
from nucleibench.images import PIXEL_SIZE
from nucleibench.images.array import open_array
from nucleibench.settings import Count
from nucleibench.slides.nuclei import NucleusStore
from nucleibench.slides.options import Options, PixelSize
from nucleibench.slides.planning import SHIPPED, find_release
from nucleibench.slides.runs import draw_labels
from nucleibench.slides.segmenting import find_nuclei, list_warnings
from nucleibench.slides.tables import COLUMNS
from nucleibench.slides.whole_slide import TrainedNetwork


@dataclass(frozen=True)
class Segmentation:
    """The nuclei of an image.

    Attributes:
        labels: int32 (height, width), 0 or the number of a nucleus, from 1.
        nuclei: a row each, in the order of the numbers, with the columns of the table that
            ``nucleibench segment`` writes; lengths in micrometres.
        warnings: what should be known of the image, in words.
    """

    labels: np.ndarray
    nuclei: pd.DataFrame
    warnings: list[str]


def segment(
    image: np.ndarray,
    pixel_size: float = PIXEL_SIZE,
    *,
    model: str | Path | None = None,
    members: Sequence[int] | None = None,
    tissue: Literal["find", "all"] = "find",
    turns: int | None = None,
    threads: int | None = None,
) -> Segmentation:
    """Segment the nuclei of an H&E image as ``nucleibench segment`` does.

    Processors compute. A network without an exported form needs Keras, which computes on the
    devices that it has in this process.

    Args:
        image: RGB (height, width, 3), uint8, uint16, or floats from 0 to 1. Of uint16, the bits in
            use are found, and told among the warnings.
        pixel_size: side of a pixel in micrometres: 0.25 at 40x, 0.5 at 20x.
        model: folder of trained networks; by default the shipped ones.
        members: numbers, from 1, of the networks of ``model`` to take; by default all.
        tissue: ``all`` segments glass, ink and black borders as well.
        turns: ways to lay a tile before the network, averaged, 1 to 8; 1 is the fastest. By default
            as many as the scores of the network were made with.
        threads: that compute, and that label; by default all processors that this process may use.

    Raises:
        DataError: the image cannot be told to be RGB, or the network cannot be read.
        ConfigurationError: a value is of another kind or out of bounds, or there is no such member.
    """
    raster = open_array(image)
    options = _options(
        pixel_size=pixel_size, members=members, tissue=tissue, turns=turns, threads=threads
    )
    folder = SHIPPED if model is None else Path(model)
    network = _load(folder, options.members, options.turns, options.threads)
    with tempfile.TemporaryDirectory() as place, NucleusStore(Path(place)) as store:
        found = find_nuclei(raster, network, options, None, store, lambda done, total: None)
        labels = np.zeros(raster.shape, np.int32)
        for numbers, outlines in store.outlines():
            draw_labels(labels, outlines, numbers, (0, 0))
        warnings = list(list_warnings(found, options))
        return Segmentation(labels, _gather(store), warnings)


class _ArrayOptions(Options):
    pixel_size: PixelSize
    members: tuple[Count, ...] | None = None


def _options(threads: int | None, **chosen: object) -> _ArrayOptions:
    threads = len(os.sched_getaffinity(0)) if threads is None else threads
    try:
        return _ArrayOptions.model_validate(_plain({**chosen, "threads": threads}))
    except ValidationError as error:
        wrong = (f"{found['loc'][0]}: {found['msg']}" for found in error.errors())
        raise ConfigurationError("; ".join(wrong)) from error


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Return numbers of NumPy as those of Python, and sequences as tuples."""
    numbers = {
        key: value.tolist() if isinstance(value, np.generic | np.ndarray) else value
        for key, value in values.items()
    }
    return {
        key: tuple(value) if isinstance(value, list | range) else value
        for key, value in numbers.items()
    }


@lru_cache(maxsize=1)
def _load(
    folder: Path, members: tuple[int, ...] | None, turns: int | None, threads: int
) -> TrainedNetwork:
    """Load networks, and keep them for the next image."""
    with held_back():
        from nucleibench.slides.trained_network import load_trained_network

        return load_trained_network(find_release(folder, members), turns, threads)


def _gather(store: NucleusStore) -> pd.DataFrame:
    """Return the table of all nuclei, in the order of their numbers."""
    tables = [block.table[COLUMNS] for block in store]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
