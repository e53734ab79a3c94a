"""Growing markers to whole objects."""

import numpy as np
from scipy import ndimage
from skimage.segmentation import watershed

from nucleibench.labelling.bands import look_up
from nucleibench.labelling.objects import label_objects


def grow_markers(depths: np.ndarray, markers: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Grow markers to the whole mask, and return labels int32 (height, width).

    An object with one marker is one nucleus, and so is an object without a marker. Only an object
    with several is flooded, by itself: its nuclei do not depend on other objects.

    Args:
        depths: numbers (height, width); flooding begins where they are lowest.
        markers: integers (height, width) from 1, inside the mask; 0 = no marker.
        mask: bool (height, width).
    """
    objects, count = label_objects(mask)
    place = np.flatnonzero(markers != 0)
    owner, marker = objects.ravel()[place], markers.ravel()[place]
    number = np.zeros(count + 1, np.int32)
    number[owner] = marker
    contested = np.unique(owner[number[owner] != marker])
    # Objects without a marker get the numbers after those of markers.
    number = np.where(number > 0, number, number.max() + np.arange(count + 1, dtype=np.int32))
    number[0] = 0
    labels = look_up(number, objects)
    _flood(labels, depths, markers, objects, contested)
    return labels


def _flood(
    labels: np.ndarray,
    depths: np.ndarray,
    markers: np.ndarray,
    objects: np.ndarray,
    contested: np.ndarray,
) -> None:
    """Write the nuclei of objects with several markers into ``labels``."""
    boxes = ndimage.find_objects(objects) if contested.size else []
    for number in contested.tolist():
        box = boxes[number - 1]
        own = objects[box] == number
        labels[box][own] = watershed(depths[box], markers[box] * own, mask=own)[own]
