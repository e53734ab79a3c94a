"""Apply torchvision's operators to arrays in a file; a process of its own, apart from TensorFlow.

Usage: python torchvision_operators.py input.npz output.npz
"""

import sys

import numpy as np
import torch
import torchvision


def main(source, target):
    arrays = np.load(source)
    boxes = torch.tensor(arrays["boxes"][:, [1, 0, 3, 2]])
    scores = torch.tensor(arrays["scores"])
    features = torch.tensor(arrays["features"].transpose(0, 3, 1, 2))
    crops = torchvision.ops.roi_align(features, [boxes], 7, 0.25, sampling_ratio=2, aligned=True)
    np.savez(
        target,
        kept=torchvision.ops.nms(boxes, scores, 0.5).numpy(),
        iou=torchvision.ops.box_iou(boxes, boxes).numpy(),
        crops=crops.numpy().transpose(0, 2, 3, 1),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
