"""Pieces of tiny archives."""

import cv2
import numpy as np


def square(left, top, side):
    return np.array(
        [(left, top), (left + side, top), (left + side, top + side), (left, top + side)]
    )


def encode(suffix, image):
    return cv2.imencode(suffix, image)[1].tobytes()
