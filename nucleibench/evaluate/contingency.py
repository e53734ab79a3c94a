"""One sparse contingency table of two label maps, from which every score is read.

Row i, column j of the table holds the pixels that true nucleus i and predicted nucleus j share.
Nearly all of them are zero, so only the others are kept. They are counted by runs: stretches of
consecutive pixels on which both maps are constant, some 60 thousand in an image of a million
pixels and a thousand nuclei.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nucleibench.errors import DataError

KEY_BITS = 64
LABEL_BITS = KEY_BITS // 2  # two labels share one key

BLOCK = 2**18
"""Pixels looked at together: few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class ContingencyTable:
    """Areas of the nuclei of two label maps, and the overlaps of those pairs that touch.

    Pairs are sorted by true, then by predicted nucleus. All counts are int64 and exact.

    Attributes:
        true_labels: Labels of the true nuclei, ascending, shape (n_true,).
        true_areas: Their areas in pixels.
        predicted_labels: Labels of the predicted nuclei, ascending, shape (n_predicted,).
        predicted_areas: Their areas in pixels.
        pair_true: For each pair its position in ``true_labels``, shape (n_pairs,).
        pair_predicted: For each pair its position in ``predicted_labels``.
        overlaps: For each pair the number of shared pixels, at least 1.
    """

    true_labels: np.ndarray
    true_areas: np.ndarray
    predicted_labels: np.ndarray
    predicted_areas: np.ndarray
    pair_true: np.ndarray
    pair_predicted: np.ndarray
    overlaps: np.ndarray

    @property
    def n_true(self) -> int:
        """Number of true nuclei."""
        return len(self.true_labels)

    @property
    def n_predicted(self) -> int:
        """Number of predicted nuclei."""
        return len(self.predicted_labels)

    @cached_property
    def unions(self) -> np.ndarray:
        """For each pair the number of pixels in either nucleus."""
        areas = self.true_areas[self.pair_true] + self.predicted_areas[self.pair_predicted]
        return areas - self.overlaps

    @cached_property
    def ious(self) -> np.ndarray:
        """For each pair its intersection over union, float64 in (0, 1]."""
        return self.overlaps / self.unions


def tabulate_overlaps(labels_true: np.ndarray, labels_predicted: np.ndarray) -> ContingencyTable:
    """Count the pixels that every true and every predicted nucleus share.

    Args:
        labels_true: Instance label map, any integer type and shape. 0 is background; labels need
            not be consecutive and must lie below 2^32.
        labels_predicted: Instance label map of the same shape.

    Raises:
        DataError: If a map is not of integers, has negative or too large labels, or if the shapes
            differ.
    """
    _check(labels_true, labels_predicted)
    true, predicted, counts = _count_pairs(*_runs(labels_true.ravel(), labels_predicted.ravel()))
    true_labels, true_areas, true_positions = _areas(true, counts)
    predicted_labels, predicted_areas, predicted_positions = _areas(predicted, counts)
    overlapping = (true > 0) & (predicted > 0)
    return ContingencyTable(
        true_labels=true_labels,
        true_areas=true_areas,
        predicted_labels=predicted_labels,
        predicted_areas=predicted_areas,
        pair_true=true_positions[overlapping],
        pair_predicted=predicted_positions[overlapping],
        overlaps=counts[overlapping],
    )


def _check(labels_true: np.ndarray, labels_predicted: np.ndarray) -> None:
    for name, labels in (("true", labels_true), ("predicted", labels_predicted)):
        if not np.issubdtype(labels.dtype, np.integer):
            raise DataError(
                f"the {name} label map is of type {labels.dtype}, not of integers; number the "
                "nuclei, for example with skimage.measure.label"
            )
    if labels_true.shape != labels_predicted.shape:
        raise DataError(
            f"the label maps differ in size: true {labels_true.shape}, "
            f"predicted {labels_predicted.shape}"
        )


def _runs(true: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return labels (uint64) and length of each stretch on which both flat maps are constant.

    A stretch also ends where a block of pixels does.
    """
    found = []
    for first in range(0, max(true.size, 1), BLOCK):
        block = slice(first, first + BLOCK)
        starts = _changes(true[block], predicted[block])
        found.append((true[block][starts], predicted[block][starts], starts + first))
    of_true, of_predicted, starts = map(np.concatenate, zip(*found, strict=True))
    lengths = np.diff(starts, append=true.size)
    return _keys(of_true, "true"), _keys(of_predicted, "predicted"), lengths


def _changes(*columns: np.ndarray) -> np.ndarray:
    """Return the positions, first one included, at which any column differs from the one before."""
    first, *others = columns
    changed = np.ones(len(first), bool)
    np.not_equal(first[1:], first[:-1], out=changed[1:])
    for column in others:
        changed[1:] |= column[1:] != column[:-1]
    return np.flatnonzero(changed)


def _keys(labels: np.ndarray, name: str) -> np.ndarray:
    """Return labels as uint64 after a check of their range."""
    if labels.min(initial=0) < 0:
        raise DataError(f"the {name} label map holds the negative label {labels.min()}")
    if int(labels.max(initial=0)) >> LABEL_BITS:
        raise DataError(f"the {name} label map holds {labels.max()}; labels end at 2^32 - 1")
    return labels.astype(np.uint64)


def _count_pairs(
    true: np.ndarray, predicted: np.ndarray, lengths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Add up the lengths of equal pairs; return each pair once, sorted, and its total."""
    bits = np.uint64(int(predicted.max(initial=0)).bit_length())
    keys, lengths = _sort_together((true << bits) | predicted, lengths)
    firsts = _changes(keys)
    totals = np.add.reduceat(lengths, firsts) if len(firsts) else lengths
    keys = keys[firsts]
    return keys >> bits, keys & ((np.uint64(1) << bits) - np.uint64(1)), totals


def _sort_together(keys: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return keys in ascending order, and the length of each."""
    bits = int(lengths.max(initial=0)).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > KEY_BITS:
        order = np.argsort(keys)
        return keys[order], lengths[order]
    # In one number, for a sort of numbers is far quicker than one that returns the order.
    both = (keys << np.uint64(bits)) | lengths.astype(np.uint64)
    both.sort()
    return both >> np.uint64(bits), (both & np.uint64(2**bits - 1)).astype(np.int64)


def _areas(labels: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct labels but 0, their areas, and the position of each given label.

    The position of background is -1.
    """
    distinct, positions = np.unique(labels, return_inverse=True)
    areas = np.zeros(len(distinct), np.int64)
    np.add.at(areas, positions, counts)
    background = int(0 in distinct[:1])
    nuclei = distinct[background:].astype(np.int64)
    return nuclei, areas[background:], positions - background
