"""A process with one backend that repeats a training step or an image on request.

Usage: KERAS_BACKEND=... python mask_rcnn_worker.py step|image; each line read runs it once.
"""

import os
import resource
import sys

os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "JAX_PLATFORMS": "cpu"}

import keras
import numpy as np

from nucleibench.compute.execution import EXECUTIONS
from nucleibench.families.mask_rcnn.batches import number_nuclei
from nucleibench.families.mask_rcnn.finder import build_finder
from nucleibench.families.mask_rcnn.network import MaskRCNN
from nucleibench.families.mask_rcnn.settings import Descent, Detection, NetworkSize, Sampling
from nucleibench.families.mask_rcnn.train import build_optimizer
from nucleibench.families.mask_rcnn.training_model import TrainingMaskRCNN

TILE, IMAGE = 256, 1000
BLOCKS = tuple(map(int, os.environ.get("NUCLEIBENCH_BENCH_BLOCKS", "3,4,23,3").split(",")))
SIZE = NetworkSize(
    blocks=BLOCKS,
    pyramid_channels=256,
    head_units=1024,
    anchor_sizes=(8, 16, 32, 64, 128),
    train_batch_norm=False,
    candidates=2000,
    proposals=512,
    proposal_iou=0.7,
)


def make_step():
    """A training step on one tile of 64 nuclei."""
    sampling = Sampling(max_nuclei=256, anchors=256, regions=128, positive_share=0.33)
    model = TrainingMaskRCNN(MaskRCNN(SIZE, TILE), sampling, seed=0)
    descent = Descent(momentum=0.9, weight_decay=1e-4, clip_norm=5.0, rotate_flip=False)
    model.compile(build_optimizer(descent, 1e-3, steps=1), **EXECUTIONS["graph"]())
    cells = np.arange(TILE) // 32
    labels = (cells[:, None] * 8 + cells + 1) * (np.arange(TILE) % 32 < 20)
    boxes, labels = number_nuclei(labels, sampling.max_nuclei, np.random.default_rng(0))
    image = np.where(labels[..., None] > 0, 100, 220).astype(np.uint8).repeat(3, axis=-1)
    batch = image[None], {"boxes": boxes[None], "labels": labels[None]}
    return lambda: model.train_on_batch(*batch)


def make_image():
    """A whole image at half overlap, with as many detections as a tile may give."""
    settings = Detection(overlap=0.5, max_per_tile=160, min_score=0.0, max_iou=0.3)
    finder = build_finder(MaskRCNN(SIZE, TILE), settings, batch_size=1)
    image = np.random.default_rng(0).integers(0, 256, (IMAGE, IMAGE, 3), np.uint8)
    return lambda: len(finder.find(image).boxes)


def main(kind):
    keras.utils.set_random_seed(0)
    run = {"step": make_step, "image": make_image}[kind]()
    for _ in sys.stdin:
        result = run()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"done {peak} {result}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
