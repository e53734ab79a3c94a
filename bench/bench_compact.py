"""The compact network beside its likes: at full resolution, and with skips concatenated.

The ratios of a training step and of a 1000 px image are in the table of pytest-benchmark. The
network at full resolution is the plain U-Net of 16 to 256 filters.
"""

import keras
import numpy as np
import pytest
from keras import layers

from nucleibench.families.unet.compact import (
    COMPACT_FILTERS,
    FULL_RESOLUTION_FILTERS,
    build_compact,
    encode_half,
)
from nucleibench.families.unet.losses import loss_of
from nucleibench.families.unet.plain import decode, encode
from nucleibench.labelling.stitch import predict_map

GENERATOR = np.random.default_rng(0)
TILES = GENERATOR.integers(0, 256, (8, 256, 256, 3), dtype=np.uint8)
TARGETS = np.ones((8, 256, 256, 2), np.float32)
IMAGE = GENERATOR.integers(0, 256, (1000, 1000, 3), dtype=np.uint8)


def full_resolution(pixels):
    return decode(encode(pixels, (16, 32, 64, 128, 256), dropout=0))


def concatenated(pixels):
    features = decode(encode_half(pixels, COMPACT_FILTERS))
    return layers.Conv2DTranspose(FULL_RESOLUTION_FILTERS, 2, strides=2)(features)


def compact(pixels):
    return build_compact()(pixels)


NETWORKS = [full_resolution, concatenated, compact]


def build(body, execution):
    """A network of three classes, compiled for ``execution`` (graph or jit)."""
    pixels = keras.Input((None, None, 3))
    features = body(layers.Rescaling(1 / 255)(pixels))
    outputs = layers.Softmax()(layers.Conv2D(3, 1)(features))
    network = keras.Model(pixels, outputs)
    network.compile("adam", loss_of(classes=3, maps=0), jit_compile=execution == "jit")
    return network


@pytest.mark.benchmark(group="a training step, 8 tiles of 256 px")
@pytest.mark.parametrize("execution", ["graph", "jit"])
@pytest.mark.parametrize("body", NETWORKS)
def test_step(benchmark, body, execution):
    network = build(body, execution)
    network.train_on_batch(TILES, TARGETS)
    benchmark.extra_info["weights"] = network.count_params()
    benchmark.pedantic(network.train_on_batch, (TILES, TARGETS), rounds=3, warmup_rounds=1)


@pytest.mark.benchmark(group="the maps of an image of 1000 px")
@pytest.mark.parametrize("body", NETWORKS)
def test_image(benchmark, body):
    network = build(body, "graph")

    def predictor(tiles):
        return np.asarray(network(tiles, training=False))

    benchmark.pedantic(predict_map, (IMAGE, predictor, 256, 0.2, 4), rounds=3, warmup_rounds=1)
