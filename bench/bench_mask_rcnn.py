"""Speed and peak memory of Mask R-CNN: a training step, a 1000 px image, and its operations.

Steps and images run with ResNet-101 on the processor, in a process for each backend. The first
call, which traces or compiles, is measured apart (``first``, in seconds). Smaller networks:
NUCLEIBENCH_BENCH_BLOCKS=1,1,1,1.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "families" / "mask_rcnn"))

import plain_mask_rcnn as plain

from nucleibench.families.mask_rcnn.align import align_rois
from nucleibench.families.mask_rcnn.selection import suppress

BACKENDS = ("tensorflow", "jax")


class Worker:
    """A process that runs the same thing once for every line it is sent."""

    def __init__(self, backend, kind):
        script = Path(__file__).with_name("mask_rcnn_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, script, kind],
            env=os.environ | {"KERAS_BACKEND": backend},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self):
        """Return the peak memory so far in MB."""
        print(file=self.process.stdin, flush=True)
        while not (line := self.process.stdout.readline()).startswith("done"):
            assert line, "the worker ended"
        return int(line.split()[1])


def measure(benchmark, backend, kind, rounds):
    benchmark.group = f"Mask R-CNN, {kind}"
    worker = Worker(backend, kind)
    started = time.perf_counter()
    worker.run()
    benchmark.extra_info["first"] = round(time.perf_counter() - started, 1)
    benchmark.extra_info["peak_mb"] = benchmark.pedantic(worker.run, rounds=rounds)
    worker.process.stdin.close()
    worker.process.wait()


@pytest.mark.parametrize("backend", BACKENDS)
def test_training_step(benchmark, backend):
    measure(benchmark, backend, "step", rounds=3)


@pytest.mark.parametrize("backend", BACKENDS)
def test_image(benchmark, backend):
    measure(benchmark, backend, "image", rounds=1)


@pytest.fixture(scope="module")
def boxes():
    generator = np.random.default_rng(0)
    corners = generator.uniform(0, 256, (2000, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(8, 40, (2000, 2))], axis=1)
    return boxes.clip(0, 256).astype(np.float32)


def fixed_point(boxes):
    kept = suppress(boxes[None], np.ones((1, len(boxes)), bool), 0.7)
    return np.flatnonzero(keras.ops.convert_to_numpy(kept)[0])


def greedy_loop(boxes):
    return plain.greedy_suppression(boxes.tolist(), -np.arange(len(boxes)), 0.7)


def tensorflow_operator(boxes):
    import tensorflow as tf

    scores = -np.arange(len(boxes), dtype=np.float32)
    return np.asarray(tf.image.non_max_suppression(boxes, scores, len(boxes), 0.7))


@pytest.mark.parametrize("method", [fixed_point, greedy_loop, tensorflow_operator])
def test_suppression(benchmark, boxes, method):
    benchmark.group = "non-maximum suppression, 2000 boxes"
    kept = benchmark.pedantic(method, (boxes,), rounds=2, warmup_rounds=1)
    assert sorted(kept) == sorted(fixed_point(boxes))


def matrix_products(features, boxes):
    return keras.ops.convert_to_numpy(align_rois(features, boxes[None], 14, 4))


def gathering(features, boxes):
    import tensorflow as tf

    # Two samples a bin and axis, as ours: crop at twice the bins and average.
    corners = boxes / 4 - 0.5
    step = (corners[:, 2:] - corners[:, :2]) / 28
    corners = np.concatenate([corners[:, :2] + step / 2, corners[:, 2:] - step / 2], axis=1) / 63
    crops = tf.image.crop_and_resize(features, corners, np.zeros(len(boxes), int), (28, 28))
    return np.asarray(tf.nn.avg_pool2d(crops, 2, 2, "VALID"))


@pytest.mark.parametrize("method", [matrix_products, gathering])
def test_alignment(benchmark, boxes, method):
    benchmark.group = "ROIAlign, 128 regions"
    features = np.random.default_rng(1).normal(size=(1, 64, 64, 256)).astype(np.float32)
    benchmark.pedantic(method, (features, boxes[:128]), rounds=5, warmup_rounds=1)
