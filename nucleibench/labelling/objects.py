"""The connected objects of a mask."""

import cv2
import numpy as np

OUTSIDE = 2
"""What stands at the background that reaches the border; a mask has 0 and 1."""


def fill_holes(mask: np.ndarray) -> np.ndarray:
    """Return the mask with the background that no 4-connected way leads out of, bool (h, w)."""
    framed = cv2.copyMakeBorder(mask.view(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(framed, None, (0, 0), OUTSIDE, flags=4)
    return framed[1:-1, 1:-1] != OUTSIDE


def label_objects(mask: np.ndarray, connectivity: int = 4) -> tuple[np.ndarray, int]:
    """Number the connected objects of a mask in the order of their first pixels.

    Args:
        mask: bool (height, width).
        connectivity: 4, or 8 where diagonal neighbours are one object.

    Returns:
        Labels int32 (height, width), and how many objects there are.
    """
    # This algorithm keeps to the order of pixels; the faster ones go by blocks of them.
    count, labels = cv2.connectedComponentsWithAlgorithm(
        mask.view(np.uint8), connectivity, cv2.CV_32S, cv2.CCL_WU
    )
    return labels, count - 1
