"""Weight maps of the cross-entropy: rare classes and narrow gaps count more."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

from nucleibench.data.sheets import read_sheet, scales_of
from nucleibench.files import atomic_path
from nucleibench.images import read_labels
from nucleibench.images.resampling import Scale, resample_labels
from nucleibench.parallel import map_in_processes
from nucleibench.prepare.settings import WeightMap

# A gap weight below this is taken for zero, which bounds the window that a nucleus can reach.
NEGLIGIBLE = 1e-6


def compute_weight_map(labels: np.ndarray, w0: float, sigma: float) -> np.ndarray:
    """Weigh every pixel as in Ronneberger et al. 2015, equation 2.

    ``w(x) = w_c(x) + w0 * exp(-(d1(x) + d2(x))^2 / (2 * sigma^2))``: d1 and d2 are the distances to
    the nearest and the second nearest nucleus. The gap term belongs to background pixels, and needs
    two nuclei in the image. w_c balances background and nuclei: the pixel count divided by the
    number of classes present and by the count of the pixel's class, so that its mean is 1.

    A nucleus far away adds nothing, so its distances are computed in a window around it alone.

    Args:
        labels: instance labels of shape (height, width), 0 = background.
        w0: weight of the gap between touching nuclei, 0 or above.
        sigma: width of the gap in pixels, above 0.

    Returns:
        float32 of shape (height, width), above 0, within 1e-5 of the formula.
    """
    inside = labels > 0
    weights = _balance_classes(inside)
    if w0 > 0:
        gaps = _sum_two_nearest(labels, _reach(w0, sigma))
        weights += np.where(inside, 0, w0 * np.exp(-(gaps**2) / (2 * sigma**2)))
    return weights.astype(np.float32)


def write_weight_maps(
    sheet_csv: str | Path,
    labels_folder: str | Path,
    output_folder: str | Path,
    settings: WeightMap,
    workers: int,
) -> None:
    """Write the weight map of every row of an image sheet: ``{image}.tif`` to ``{image}.npy``.

    It has the networks' scale, as ``sigma`` is in their pixels.
    """
    sheet = read_sheet(sheet_csv)
    scales = scales_of(sheet, sheet["image"])
    write = partial(
        _write_weight_map,
        labels_folder=Path(labels_folder),
        output_folder=Path(output_folder),
        settings=settings,
    )
    for _ in map_in_processes(write, list(scales.items()), workers):
        pass


def _write_weight_map(
    named: tuple[str, Scale], labels_folder: Path, output_folder: Path, settings: WeightMap
) -> None:
    image, scale = named
    seen = resample_labels(read_labels(labels_folder / f"{image}.tif"), scale.seen)
    weights = compute_weight_map(seen, settings.w0, settings.sigma)
    with atomic_path(output_folder / f"{image}.npy") as temporary:
        np.save(temporary, weights)


def _balance_classes(inside: np.ndarray) -> np.ndarray:
    counts = np.bincount(inside.ravel(), minlength=2)
    share = inside.size / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return share[inside.astype(np.intp)]


def _reach(w0: float, sigma: float) -> int:
    """Return the d1 + d2 in pixels above which the gap term is negligible."""
    return int(np.ceil(sigma * np.sqrt(2 * np.log(max(w0 / NEGLIGIBLE, 1))))) + 1


def _sum_two_nearest(labels: np.ndarray, reach: int) -> np.ndarray:
    """Return d1 + d2, exact where it is at most ``reach`` and larger (or infinite) elsewhere."""
    nearest = np.full(labels.shape, np.inf, np.float32)
    second = nearest.copy()
    for number, window in _windows(labels, reach):
        distance = _distance_to(labels[window] == number)
        # The farther of the old nearest and the new distance is a candidate for second nearest.
        np.minimum(second[window], np.maximum(nearest[window], distance), out=second[window])
        np.minimum(nearest[window], distance, out=nearest[window])
    return nearest + second


def _windows(labels: np.ndarray, margin: int) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Yield every label with its bounding box, grown by ``margin`` within the image."""
    for number, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is not None:
            rows, columns = (slice(max(s.start - margin, 0), s.stop + margin) for s in box)
            yield number, (rows, columns)


def _distance_to(inside: np.ndarray) -> np.ndarray:
    """Return the Euclidean distance of every pixel to the nearest one ``inside``, float32."""
    distance = cv2.distanceTransform((~inside).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # OpenCV is off by a few units in the last place; squared distances are whole numbers.
    return np.sqrt(np.rint(distance * distance))
