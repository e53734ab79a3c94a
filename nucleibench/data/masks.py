"""Masks and label maps, as tools write them, to labels 1, 2, ... without gaps.

A mask with one value holds nuclei apart by the background between them; touching pixels are one
nucleus, diagonal neighbours included (8-connectivity): so taken, the binary form of TNBC's
instance maps gives the same nuclei again, where 4-connectivity cuts pieces off some. A label map
has one value for each nucleus. A mask whose edges are blurred, or that went through JPEG, looks
like a label map and is none: it is refused.
"""

import cv2
import numpy as np

from nucleibench.data.annotations import Annotation
from nucleibench.data.pieces import Pieces, find_pieces
from nucleibench.errors import DataError

SMALL = 10
"""Pixels of a piece below which it is a stray one."""

HALF = 0.5
"""Part of the image that no nucleus covers."""

SPLIT = 0.05
"""Part of the labels that may lie in pieces; of 86 real images at most 0.01 do."""

LARGEST_LABEL = np.iinfo(np.int32).max

MEND = (
    "write a mask with the values 0 and 255 alone, or a label map with one value for each nucleus"
)


def label_nuclei(values: np.ndarray, where: str) -> Annotation:
    """Turn a mask, or a label map, into labels.

    Args:
        values: bool, integers or floats (height, width), 0 = background.
        where: what messages call it.

    Raises:
        DataError: a value is no whole number, negative or too large, or it cannot be told whether
            this is a mask or a label map.
    """
    # Slow to import, and whoever only lists images does not need it.
    from skimage.measure import label

    pieces = find_pieces(whole_numbers(values, where))
    if len(pieces.values) <= 1:
        labels = label(pieces.numbered > 0, connectivity=2).astype(np.int32)
        return Annotation(labels, _describe_largest(np.bincount(labels.ravel())[1:], labels.size))
    white = np.iinfo(values.dtype).max if values.dtype in (np.uint8, np.uint16) else 0
    if doubt := _doubt(pieces, white):
        raise DataError(f"{where}: is neither a mask of one value nor a label map: {doubt}; {MEND}")
    labels = pieces.numbered
    notes = (*_describe_full(pieces, white), *_describe_split(pieces))
    return Annotation(labels, notes + _describe_largest(pieces.areas, labels.size))


def _describe_largest(areas: np.ndarray, size: int) -> tuple[str, ...]:
    """Return a note where one nucleus has most of the image, as where the background is not 0.

    Args:
        areas: pixels of each nucleus.
        size: pixels of the image.
    """
    largest = areas.max(initial=0)
    if largest <= HALF * size:
        return ()
    return (
        f"one nucleus covers {largest / size:.0%} of the image; is it the background? "
        "Background is 0",
    )


def whole_numbers(values: np.ndarray, where: str) -> np.ndarray:
    """Return values as int32 row after row, or raise a DataError where they are no labels."""
    if values.ndim != 2:
        raise DataError(
            f"{where}: has the shape {values.shape}, where (height, width) was expected; {MEND}"
        )
    if values.dtype.kind not in "buif":
        raise DataError(f"{where}: holds {values.dtype}, not numbers; {MEND}")
    if values.dtype.kind == "f" and not (np.isfinite(values) & (values == np.floor(values))).all():
        raise DataError(
            f"{where}: holds numbers that are not whole, as a probability map does; {MEND}"
        )
    if values.size and not 0 <= values.min() <= values.max() <= LARGEST_LABEL:
        raise DataError(
            f"{where}: holds values from {values.min()} to {values.max()}, where labels are "
            f"0 (background) to {LARGEST_LABEL}; {MEND}"
        )
    whole = values.astype(np.int32, copy=False)
    if whole.flags.f_contiguous and not whole.flags.c_contiguous:
        return cv2.transpose(whole.T)  # in a quarter of NumPy's time
    return np.ascontiguousarray(whole)


def _scattered(pieces: Pieces) -> np.ndarray:
    """Return whether each value lies in pieces as no nucleus does, bool (values,)."""
    return (pieces.counts >= 3) | (pieces.count_large(SMALL) >= 2)


def _doubt(pieces: Pieces, white: int) -> str:
    """Say why several values are not one for each nucleus; "" where they are."""
    scattered = _scattered(pieces)
    if pieces.areas[scattered].sum() > pieces.areas.sum() / 2:
        worst = np.argmax(np.where(scattered, pieces.areas, 0))
        return (
            f"the value {pieces.values[worst]} lies in {pieces.counts[worst]} separate pieces "
            f"beside {len(pieces.values) - 1} other value(s), as in a mask with blurred or "
            "compressed edges, or in a map of classes"
        )
    if len(pieces.values) > 5 and np.median(pieces.areas) < SMALL / 2:
        return f"most of its {len(pieces.values)} values cover fewer than {SMALL // 2} pixels each"
    return _doubt_white(pieces, white) if white and pieces.values[-1] == white else ""


def _doubt_white(pieces: Pieces, white: int) -> str:
    """Say what speaks against the largest value of the file's type being a label."""
    if pieces.counts[-1] > 1:
        return (
            f"the value {white}, the largest that it can hold, lies in {pieces.counts[-1]} pieces: "
            "either all nuclei have it and the edges are blurred, or larger labels were cut"
        )
    if np.median(pieces.areas[:-1]) < SMALL:
        return f"beside {white} there are values of a few pixels, as at blurred edges"
    return ""


def _describe_full(pieces: Pieces, white: int) -> tuple[str, ...]:
    if not pieces.values[-1] == white == len(pieces.values):
        return ()
    return (
        f"its labels are exactly 1 to {white}, all that its type can hold; were there more "
        "nuclei, they are lost: compare with the source, and write larger integers",
    )


def _describe_split(pieces: Pieces) -> tuple[str, ...]:
    split = int(_scattered(pieces).sum())
    if split <= SPLIT * len(pieces.values):
        return ()
    return (
        f"{split} of its {len(pieces.values)} labels lie in separate pieces, each counted as one "
        "nucleus; were larger labels cut to fewer bits?",
    )
