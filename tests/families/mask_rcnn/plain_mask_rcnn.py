"""Mask R-CNN's box arithmetic once more, box by box in plain Python and NumPy, to test against."""

import math

import numpy as np


def iou(a, b):
    height = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    width = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    shared = height * width
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union > 0 else 0.0


def apply_shift(box, shift, size):
    height, width = box[2] - box[0], box[3] - box[1]
    row = (box[0] + box[2]) / 2 + 0.1 * shift[0] * height
    column = (box[1] + box[3]) / 2 + 0.1 * shift[1] * width
    height, width = height * math.exp(0.2 * shift[2]), width * math.exp(0.2 * shift[3])
    corners = [row - height / 2, column - width / 2, row + height / 2, column + width / 2]
    return [min(max(corner, 0.0), size) for corner in corners]


def greedy_suppression(boxes, scores, max_iou):
    """Return the kept rows, best first."""
    kept = []
    for row in sorted(range(len(boxes)), key=lambda row: -scores[row]):
        if all(iou(boxes[row], boxes[other]) <= max_iou for other in kept):
            kept.append(row)
    return kept


def bilinear(cells, row, column):
    """Interpolate a map (height, width) at a point; cell (i, j) has its centre at (i, j)."""
    row = min(max(row, 0.0), cells.shape[0] - 1)
    column = min(max(column, 0.0), cells.shape[1] - 1)
    top, left = min(int(row), cells.shape[0] - 2), min(int(column), cells.shape[1] - 2)
    y, x = row - top, column - left
    above = (1 - x) * cells[top, left] + x * cells[top, left + 1]
    below = (1 - x) * cells[top + 1, left] + x * cells[top + 1, left + 1]
    return (1 - y) * above + y * below


def roi_align(cells, box, bins, stride):
    """Average two by two samples in each bin."""
    result = np.zeros((bins, bins))
    bin_height, bin_width = (box[2] - box[0]) / bins, (box[3] - box[1]) / bins
    for i in range(bins):
        for j in range(bins):
            samples = [
                bilinear(
                    cells,
                    (box[0] + (i + y) * bin_height) / stride - 0.5,
                    (box[1] + (j + x) * bin_width) / stride - 0.5,
                )
                for y in (0.25, 0.75)
                for x in (0.25, 0.75)
            ]
            result[i, j] = np.mean(samples)
    return result
