"""Pieces of tiny archives."""

import cv2
import numpy as np


def square(left, top, side):
    return np.array(
        [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]
    )


def octagon(left, top, side):
    """A nucleus has no right angles."""
    near, far = side * 0.3, side * 0.7
    corners = [(near, 0), (far, 0), (side, near), (side, far)]
    corners += [(side - x, side - y) for x, y in corners]
    return np.array([(left + x, top + y) for x, y in corners])


def encode(suffix, image):
    return cv2.imencode(suffix, image)[1].tobytes()
