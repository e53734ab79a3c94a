"""From the maps of an image, of one network or the mean of several, to its nuclei."""

import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from nucleibench.families.unet.method import MapMethod
from nucleibench.labelling.instances import (
    PostProcessing,
    label_nuclei,
    list_settings,
    read_setting,
    remove_artefacts,
)
from nucleibench.labelling.maps import read_mean_map
from nucleibench.labelling.separation import first_map
from nucleibench.labelling.settings import Candidates

METHOD = MapMethod

__all__ = ["METHOD", "label_image", "list_candidates", "read_setting"]


def list_candidates(method: MapMethod, candidates: Candidates) -> list[PostProcessing]:
    """Return the settings that validation images choose from."""
    return list_settings(method.separation, candidates)


def label_image(
    image: str, setting: PostProcessing, method: MapMethod, sources: Sequence[Path]
) -> np.ndarray:
    """Return the labels int32 (height, width) of the maps ``{image}.npy`` in folders of maps."""
    everything = replace(setting, min_size=0, certainty=0)
    paths = tuple(source / f"{image}.npy" for source in sources)
    labels, probabilities = _separate(paths, everything)
    return remove_artefacts(labels, probabilities, setting)


@functools.lru_cache(maxsize=1)
def _separate(paths: tuple[Path, ...], setting: PostProcessing) -> tuple[np.ndarray, np.ndarray]:
    """Label all objects, a costly step that candidates share which differ in artefacts alone.

    Returns the labels and the map of probabilities.
    """
    maps = read_mean_map(paths)
    return label_nuclei(maps, setting), first_map(maps)
