"""The same network run by TensorFlow, by JAX and exported; and each encoder beside the compact."""

import os
from functools import partial
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

TILE = 256


def draw(tiles: int) -> dict[str, np.ndarray]:
    from bench.drawn import lay_image

    image = lay_image(1000)
    corners = np.random.default_rng(0).integers(0, 1000 - TILE, (tiles, 2))
    return {"tiles": np.stack([image[t : t + TILE, left : left + TILE] for t, left in corners])}


def _shipped() -> Any:
    from nucleibench.families.unet.release import read_release
    from nucleibench.slides.planning import SHIPPED

    return read_release(SHIPPED)


def exported(inputs: Inputs) -> Work:
    from nucleibench.slides.trained_network import load_trained_network

    network = load_trained_network(_shipped(), turns=1)
    views = len(network.views)
    tiles = np.tile(inputs["tiles"], (1, 1, 1, views))
    return lambda: {"maps": np.stack(list(network.predict(tiles)))}


def by_keras(inputs: Inputs, backend: str) -> Work:
    os.environ["KERAS_BACKEND"] = backend
    from nucleibench.slides.trained_network import load_trained_network

    # Asking for an accelerator asks for Keras, which computes on what there is.
    network = load_trained_network(_shipped(), turns=1, accelerators=1)
    views = len(network.views)
    tiles = np.tile(inputs["tiles"], (1, 1, 1, views))
    return lambda: {"maps": np.stack(list(network.predict(tiles)))}


def encoder(inputs: Inputs, name: str, precision: str = "float32") -> Work:
    import keras

    keras.mixed_precision.set_global_policy(precision)
    from nucleibench.compute.execution import RUNNERS
    from nucleibench.families.unet.network import build_unet

    run = RUNNERS["graph"](build_unet(name, None, False, "nucleus"))
    run(inputs["tiles"])  # compiles, which all candidates do at once here
    return lambda: np.asarray(run(inputs["tiles"])).mean() and {}


def training_step(inputs: Inputs, name: str) -> Work:
    """On tiles of half the side, so that all networks fit in the memory at once."""
    from nucleibench.families.unet.network import build_unet
    from nucleibench.families.unet.train import compile_network
    from nucleibench.training.settings import TrainingSettings

    network = build_unet(name, None, False, "nucleus")
    compile_network(network, "nucleus", TrainingSettings(execution="graph"), 1)
    tiles = inputs["tiles"][:, : TILE // 2, : TILE // 2]
    nucleus = tiles.mean(axis=-1) < 128
    targets = np.stack([nucleus, np.ones_like(nucleus)], axis=-1).astype(np.float32)
    network.train_on_batch(tiles, targets)  # compiles, which all candidates do at once here
    return lambda: network.train_on_batch(tiles, targets) and {}


ENCODERS = (
    "vgg16", "vgg19", "resnet50", "resnet101", "resnet152", "densenet121", "densenet201",
    "inceptionv3", "efficientnet_lite0",
)  # fmt: skip
RANDOM = "another network, random weights"


COMPARISONS = [
    Comparison(
        "The shipped network, exported",
        draw,
        Candidate("exported (ONNX Runtime)", exported),
        tuple(
            Candidate(f"Keras on {name}", partial(by_keras, backend=name.lower()))
            for name in ("TensorFlow", "JAX")
        ),
        sizes=(4, 16),
        quick=(4,),
        unit="tiles of 256 px",
        dimension=1,
        tolerance=1e-3,
        rate=float,
        rate_unit="tiles",
    ),
    Comparison(
        "Encoders",
        draw,
        Candidate("compact", partial(encoder, name="compact")),
        (
            Candidate(
                "compact, mixed precision",
                partial(encoder, name="compact", precision="mixed_bfloat16"),
                differs="half precision",
            ),
            *(Candidate(name, partial(encoder, name=name), differs=RANDOM) for name in ENCODERS),
        ),
        sizes=(2,),
        quick=(),
        unit="tiles of 256 px",
        dimension=1,
        rate=float,
        rate_unit="tiles",
    ),
    Comparison(
        "Encoders: a training step",
        draw,
        Candidate("compact", partial(training_step, name="compact")),
        tuple(
            Candidate(name, partial(training_step, name=name), differs=RANDOM) for name in ENCODERS
        ),
        sizes=(2,),
        quick=(),
        unit=f"tiles of {TILE // 2} px",
        dimension=1,
        rate=float,
        rate_unit="tiles",
    ),
]
