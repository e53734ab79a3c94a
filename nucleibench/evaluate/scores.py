"""Scores of one image, each read from its contingency table.

Where neither map holds a nucleus every ratio is 1: there was nothing to find and nothing was
invented. Where only one of them does, every ratio is 0.
"""

from collections.abc import Callable
from functools import partial
from operator import attrgetter

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

from nucleibench.evaluate.contingency import ContingencyTable, tabulate_overlaps
from nucleibench.evaluate.mistakes import MISTAKES, count_invented, count_mistakes

IOU_PERCENTS = tuple(range(50, 100, 5))


def aggregated_jaccard_index(table: ContingencyTable) -> float:
    """Return the AJI in [0, 1] (Kumar et al., IEEE Trans. Med. Imaging 36, 2017).

    Every true nucleus takes the predicted nucleus of highest IoU, even one that another has taken;
    of equals, the one of lowest label, as published code does. Predictions that nobody took are
    added to the union.
    """
    return _aggregate(table, _best_pair_of_each_true_nucleus(table))


def aggregated_jaccard_index_plus(table: ContingencyTable) -> float:
    """Return the AJI+ in [0, 1] (Graham et al., Med. Image Anal. 58, 2019).

    As the AJI, but each prediction serves one true nucleus at most: of all one-to-one pairings
    the one with the largest sum of IoUs.
    """
    return _aggregate(table, _pairing_of_largest_total_iou(table))


def count_matches(table: ContingencyTable, iou_percent: int) -> int:
    """Return how many true nuclei have a prediction of their own with IoU >= ``iou_percent`` / 100.

    Above 0.5 no nucleus can be in two such pairs. At exactly 0.5 it can: two predictions may each
    cover half of one true nucleus, or the reverse. Those three then touch nothing else by as much,
    so the pairs form a forest of single edges and stars of two edges, in which the largest
    one-to-one matching has as many pairs as there are trees: nodes less edges.

    The comparison is made in integers, so an IoU of exactly 3/5 counts at 60.

    Args:
        table: The image's contingency table.
        iou_percent: Threshold in percent, 50 to 100.
    """
    if not 50 <= iou_percent <= 100:
        raise ValueError(f"iou_percent is {iou_percent}; matches are unique only from 50 to 100")
    enough = 100 * table.overlaps >= iou_percent * table.unions
    nodes = len(np.unique(table.pair_true[enough])) + len(np.unique(table.pair_predicted[enough]))
    return int(nodes - np.count_nonzero(enough))


def panoptic_quality(table: ContingencyTable) -> float:
    """Return the PQ in [0, 1] (Kirillov et al., CVPR 2019): the matches' IoUs over the mean count.

    A match here needs an IoU above 0.5, not equal to it, as in that paper and in HoVer-Net.
    """
    matched = 2 * table.overlaps > table.unions
    return _ratio(2 * table.ious[matched].sum(), table.n_true + table.n_predicted)


def pixel_dice(table: ContingencyTable) -> float:
    """Return the Dice coefficient in [0, 1] of the pixels in any true and any predicted nucleus."""
    return _ratio(2 * table.overlaps.sum(), table.true_areas.sum() + table.predicted_areas.sum())


def match_column(iou_percent: int) -> str:
    """Return the name of the column that counts matches at this threshold, for example tp_50."""
    return f"tp_{iou_percent}"


SCORES: dict[str, Callable[[ContingencyTable], float]] = {
    "n_true": attrgetter("n_true"),
    "n_predicted": attrgetter("n_predicted"),
    "aji": aggregated_jaccard_index,
    **{
        match_column(percent): partial(count_matches, iou_percent=percent)
        for percent in IOU_PERCENTS
    },
    "aji_plus": aggregated_jaccard_index_plus,
    "pq": panoptic_quality,
    "dice": pixel_dice,
    **{kind: partial(count_mistakes, kind=kind) for kind in MISTAKES},
    "invented": count_invented,
}
"""The columns of a metrics file after the image's name, in their order."""


def score_image(labels_true: np.ndarray, labels_predicted: np.ndarray) -> dict[str, float]:
    """Return every score of ``SCORES`` for one image.

    Args:
        labels_true: Instance label map of integers, shape (height, width), 0 = background.
        labels_predicted: Instance label map of the same shape.

    Raises:
        DataError: If the maps cannot be compared; see ``tabulate_overlaps``.
    """
    table = tabulate_overlaps(labels_true, labels_predicted)
    return {name: score(table) for name, score in SCORES.items()}


def _ratio(numerator: float, denominator: float) -> float:
    return float(numerator / denominator) if denominator else 1.0


def _aggregate(table: ContingencyTable, pairs: np.ndarray) -> float:
    """Return the intersections of these pairs over their unions and all nuclei in none of them."""
    missed = np.delete(table.true_areas, table.pair_true[pairs])
    unused = np.delete(table.predicted_areas, table.pair_predicted[pairs])
    union = table.unions[pairs].sum() + missed.sum() + unused.sum()
    return _ratio(table.overlaps[pairs].sum(), union)


def _best_pair_of_each_true_nucleus(table: ContingencyTable) -> np.ndarray:
    """Return the positions of these pairs; true nuclei that touch no prediction have none."""
    order = np.lexsort((-table.ious, table.pair_true))
    _, firsts = np.unique(table.pair_true[order], return_index=True)
    return order[firsts]


def _pairing_of_largest_total_iou(table: ContingencyTable) -> np.ndarray:
    """Return the positions of the pairs in the best one-to-one pairing.

    The solver wants a partner for every true nucleus, so each gets a stand-in that only it can
    take. A constant of 1 on all weights leaves the choice as it is and stores no zeros, which the
    solver would read as "no edge".
    """
    _n_pairs, n_true = len(table.overlaps), table.n_true
    weights = np.concatenate([1 + table.ious, np.ones(n_true)])
    rows = np.concatenate([table.pair_true, np.arange(n_true)])
    columns = np.concatenate([table.pair_predicted, table.n_predicted + np.arange(n_true)])
    graph = coo_array((weights, (rows, columns)), (n_true, table.n_predicted + n_true)).tocsr()
    chosen_rows, chosen_columns = min_weight_full_bipartite_matching(graph, maximize=True)
    chosen = np.full(n_true, -1)
    chosen[chosen_rows] = chosen_columns
    return np.flatnonzero(table.pair_predicted == chosen[table.pair_true])
