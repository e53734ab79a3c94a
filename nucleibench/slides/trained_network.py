"""The trained networks of a release, made ready to segment slides."""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice

import numpy as np

from nucleibench.compute.exported import load_exported
from nucleibench.errors import PIP, ConfigurationError
from nucleibench.families.unet.maps import arrange_maps, average_turns
from nucleibench.families.unet.release import Member, Release
from nucleibench.families.unet.release_card import STAINS
from nucleibench.labelling.stitch import Predictor
from nucleibench.prepare.targets import TARGETS
from nucleibench.slides.pipeline import map_ahead
from nucleibench.slides.prediction import WindowPredictor
from nucleibench.slides.views import list_views, split_views
from nucleibench.slides.whole_slide import TrainedNetwork
from nucleibench.stain.reference import read_reference


def needs_keras(release: Release, accelerators: int = 0) -> bool:
    """Tell whether Keras runs the networks: on accelerators, or where one has no exported form.

    Raises:
        ConfigurationError: it must, and is not installed.
    """
    missing = [member.file for member in release.members if not member.is_exported]
    if not missing and not accelerators:
        return False
    if find_spec("keras") is None:
        who = "accelerators need" if accelerators else f"{missing[0]} needs"
        raise ConfigurationError(f"{who} TensorFlow and Keras: {PIP.format('train')}")
    return True


def load_trained_network(
    release: Release, turns: int | None = None, threads: int | None = None, accelerators: int = 0
) -> TrainedNetwork:
    """Load the networks of a release.

    Args:
        release: of the networks.
        turns: ways to lay a tile before each network, averaged; by default as many as the scores
            of the release were made with.
        threads: of the exported form; by default all processors that this process may use. Those of
            Keras are set before it is imported.
        accelerators: how many there are for it.

    Raises:
        ConfigurationError: Keras must run a network, and is not installed.
        DataError: a network cannot be read.
    """
    turns, inference = turns or release.turns, release.inference
    views = list_views(member.network.colors for member in release.members)
    seen = [views.index(member.network.colors) for member in release.members]
    if needs_keras(release, accelerators):
        predictors, runtime = _load_with_keras(release, turns)
        predict = group_windows(average_members(predictors, seen), inference.batch_size)
    else:
        predictors = [_load_exported(member, turns) for member in release.members]
        runtime = f"onnxruntime {version('onnxruntime')}"
        threads = threads or len(os.sched_getaffinity(0))
        predict = spread_windows(average_members(predictors, seen), threads)
    return TrainedNetwork(
        predict,
        release.tile_size,
        inference,
        release.setting,
        read_reference(release.folder / STAINS),
        runtime,
        views,
    )


def average_members(predictors: Sequence[Predictor], views: Sequence[int]) -> Predictor:
    """Return a predictor of the mean of the maps of several.

    It takes tiles uint8 (batch, size, size, 3 for each view); ``views`` says which view of a tile
    each of the ``predictors`` sees.
    """

    def predict(tiles: np.ndarray) -> np.ndarray:
        seen = split_views(tiles)
        maps = (run(seen[view]) for run, view in zip(predictors, views, strict=True))
        return np.asarray(sum(maps) / np.float32(len(predictors)))

    return predict


def spread_windows(predictor: Predictor, threads: int) -> WindowPredictor:
    """Return a predictor whose ``threads`` take a window each; one more is kept ready."""
    pool = ThreadPoolExecutor(threads)
    return lambda windows: map_ahead(pool, lambda tile: predictor(tile[None])[0], windows, threads)


def group_windows(predictor: Predictor, batch_size: int) -> WindowPredictor:
    """Return a predictor that takes windows of the same size, of ``batch_size``, together."""

    def predict(windows: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
        coming = iter(windows)
        while batch := list(islice(coming, batch_size)):
            yield from _predict_together(predictor, batch)

    return predict


def _predict_together(predictor: Predictor, windows: Sequence[np.ndarray]) -> list[np.ndarray]:
    maps: dict[int, np.ndarray] = {}
    for shape in dict.fromkeys(window.shape for window in windows):
        places = [place for place, window in enumerate(windows) if window.shape == shape]
        found = predictor(np.stack([windows[place] for place in places]))
        maps.update(zip(places, found, strict=True))
    return [maps[place] for place in range(len(windows))]


def _load_exported(member: Member, turns: int) -> Predictor:
    run = load_exported(member.file, member.sha256)
    classes = TARGETS[member.network.target].classes
    return average_turns(lambda tiles: arrange_maps(run(tiles), classes), turns)


def _load_with_keras(release: Release, turns: int) -> tuple[list[Predictor], str]:
    import keras

    from nucleibench.families.unet.network import load_network
    from nucleibench.families.unet.predict import map_predictor

    predictors = [
        map_predictor(
            load_network(member.network, member.file),
            member.network.target,
            turns=turns,
            execution="graph",
        )
        for member in release.members
    ]
    backend = keras.config.backend()
    return predictors, f"keras {keras.__version__} on {backend} {version(backend)}"
