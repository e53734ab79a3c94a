"""Detect with given weights on the backend that KERAS_BACKEND names.

Usage: python detect_on_backend.py model.weights.h5 images.npy output.npz
"""

import sys

import numpy as np

from nucleibench.families.mask_rcnn.checkpoint import load_trained
from nucleibench.families.mask_rcnn.network import Detector, Outliner
from nucleibench.families.mask_rcnn.settings import NetworkSize

TILE = 64
# So many candidates and proposals that no list is cut off, where scores equal but for rounding
# would swap: what is left to differ between backends is the arithmetic.
SIZE = NetworkSize(
    blocks=(1, 1, 1, 1),
    pyramid_channels=16,
    head_units=32,
    anchor_sizes=(12, 20, 32, 48, 64),
    train_batch_norm=False,
    candidates=1023,
    proposals=400,
    proposal_iou=0.5,
)


def detect(weights, images):
    """Return boxes, scores and masks of images (batch, 64, 64, 3)."""
    network = load_trained(SIZE, TILE, weights)
    found = Detector(network, count=120, min_score=0.6, max_iou=0.2).predict_on_batch(images)
    scores = found.pop("scores")
    masks = Outliner(network).predict_on_batch(found)
    return {"boxes": found["boxes"], "scores": scores, "masks": masks}


if __name__ == "__main__":
    np.savez(sys.argv[3], **detect(sys.argv[1], np.load(sys.argv[2])))
