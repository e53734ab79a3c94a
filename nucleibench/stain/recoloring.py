"""Bringing a slide to the colours of the reference part by part, each colour once."""

import cv2
import numpy as np

from nucleibench.stain.colors import pack, unpack
from nucleibench.stain.reference import StainReference, Stains, apply_stains

KNOWN = 1 << 24
"""Marks a colour whose new colour is known; RGB has the bits below."""


class Recoloring:
    """Does what ``apply_stains`` does, and remembers the new colour of each colour.

    The parts of a slide share most of their colours. Threads may use it at the same time: at worst
    two compute the same colour, with the same result.
    """

    def __init__(self, stains: Stains, reference: StainReference) -> None:
        """Take the stains of the slide, and the reference. It needs up to 64 MB."""
        self._stains, self._reference = stains, reference
        self._known = np.zeros(KNOWN, np.uint32)

    def __call__(self, image: np.ndarray) -> np.ndarray:
        """Return an RGB uint8 image (height, width, 3) in the colours of the reference."""
        if not self._stains.findings.usable:
            return image.copy()
        keys = pack(image)
        found = self._known.take(keys)
        if not found.all():
            self._learn(np.sort(keys[found == 0]))
            found = self._known.take(keys)
        return cv2.cvtColor(found.view(np.uint8).reshape(*keys.shape, 4), cv2.COLOR_BGRA2RGB)

    def _learn(self, keys: np.ndarray) -> None:
        keys = keys[np.append(True, keys[1:] != keys[:-1])]
        colors = apply_stains(unpack(keys)[:, None], self._stains, self._reference)
        self._known[keys] = pack(colors)[:, 0] | KNOWN
