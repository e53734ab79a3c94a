"""A trained network of a release, made ready to segment slides."""

import os
from importlib.metadata import version
from importlib.util import find_spec

from nucleibench.compute.exported import load_exported
from nucleibench.errors import PIP, ConfigurationError
from nucleibench.families.unet.maps import arrange_maps, average_turns
from nucleibench.families.unet.release import EXPORTED, STAINS, WEIGHTS, Release
from nucleibench.labelling.stitch import Predictor
from nucleibench.prepare.targets import TARGETS
from nucleibench.slides.whole_slide import TrainedNetwork
from nucleibench.stain.reference import read_reference


def needs_keras(release: Release, accelerators: int = 0) -> bool:
    """Tell whether Keras runs a network: on accelerators, or where it has no exported form.

    Raises:
        ConfigurationError: it must, and is not installed.
    """
    if release.exported_sha256 and not accelerators:
        return False
    if find_spec("keras") is None:
        what = (
            "accelerators need" if accelerators else f"{release.folder} has no {EXPORTED}; it needs"
        )
        raise ConfigurationError(f"{what} TensorFlow and Keras: {PIP.format('train')}")
    return True


def load_trained_network(
    release: Release, turns: int | None = None, threads: int | None = None, accelerators: int = 0
) -> TrainedNetwork:
    """Load the network of a release.

    Args:
        release: of the network.
        turns: ways to lay a tile before the network, averaged; by default as many as the scores of
            the release were made with.
        threads: of the exported form; by default all processors that this process may use. Those of
            Keras are set before it is imported.
        accelerators: how many there are for it.

    Raises:
        ConfigurationError: Keras must run the network, and is not installed.
        DataError: the network cannot be read.
    """
    turns, inference = turns or release.turns, release.inference
    if needs_keras(release, accelerators):
        predict, runtime = _load_with_keras(release, turns)
    else:
        threads = threads or len(os.sched_getaffinity(0))
        predict = _load_exported(release, turns, threads)
        # Each thread has two tiles of a batch, which changes no map.
        inference = inference.model_copy(update={"batch_size": 2 * threads})
        runtime = f"onnxruntime {version('onnxruntime')}"
    reference = read_reference(release.folder / STAINS)
    return TrainedNetwork(
        predict, release.tile_size, inference, release.setting, reference, runtime
    )


def _load_exported(release: Release, turns: int, threads: int) -> Predictor:
    run = load_exported(release.folder / EXPORTED, threads, release.exported_sha256 or "")
    classes = TARGETS[release.network.target].classes
    return average_turns(lambda tiles: arrange_maps(run(tiles), classes), turns)


def _load_with_keras(release: Release, turns: int) -> tuple[Predictor, str]:
    import keras

    from nucleibench.families.unet.network import load_network
    from nucleibench.families.unet.predict import map_predictor

    network, backend = (
        load_network(release.network, release.folder / WEIGHTS),
        keras.config.backend(),
    )
    predict = map_predictor(network, release.network.target, turns=turns, execution="graph")
    return predict, f"keras {keras.__version__} on {backend} {version(backend)}"
