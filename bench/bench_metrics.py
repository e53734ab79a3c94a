"""The scores of one 1000 x 1000 pixel image with about 1,000 nuclei, against other ways to them.

The numbers in parentheses are ratios to the fastest of a group. StarDist is not among the
project's dependencies; to have it in the comparison:

    uv run --no-sync --with stardist==0.9.2 pytest bench/bench_metrics.py
"""

import cellseg_metrics
import numpy as np
import pytest
from scipy.ndimage import find_objects
from skimage.draw import disk

from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.scores import (
    IOU_PERCENTS,
    aggregated_jaccard_index,
    count_matches,
    score_image,
)


@pytest.fixture(scope="module")
def maps():
    """Discs on a jittered grid; the prediction is shifted, lacks some and has some of its own."""
    true = draw_discs(seed=0)
    predicted = np.roll(draw_discs(seed=0, kept=0.9), (2, 3), axis=(0, 1))
    invented = np.roll(draw_discs(seed=1, kept=0.1), 15, axis=0)
    predicted = np.where(predicted > 0, predicted, np.where(invented > 0, 2000 + invented, 0))
    return true, predicted.astype(np.int32)


def draw_discs(seed, kept=1.0, size=1000, spacing=31):
    generator = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    for number, index in enumerate(np.ndindex(size // spacing, size // spacing), start=1):
        center = (np.array(index) + 0.5) * spacing + generator.uniform(-8, 8, 2)
        radius = generator.uniform(7, 14)
        if generator.uniform() < kept:
            labels[disk(center, radius, shape=labels.shape)] = number
    return labels


def our_aji(true, predicted):
    return aggregated_jaccard_index(tabulate_overlaps(true, predicted))


def loop_over_nuclei(true, predicted):
    """The AJI by a mask of the whole image for each nucleus."""
    intersection, union, used = 0, 0, set()
    for nucleus in np.unique(true)[1:]:
        mask = true == nucleus
        best = (0, 0, mask.sum(), None)
        for other in np.unique(predicted[mask]):
            if other:
                other_mask = predicted == other
                shared, either = (mask & other_mask).sum(), (mask | other_mask).sum()
                best = max(best, (shared / either, shared, either, other), key=lambda pair: pair[0])
        intersection, union = intersection + best[1], union + best[2]
        used.add(best[3])
    unused = ~np.isin(predicted, [0, *(used - {None})])
    return intersection / (union + unused.sum())


def loop_over_cut_outs(true, predicted):
    """The AJI by a mask of each nucleus's own bounding box: the best that a loop can do."""
    areas = np.bincount(predicted.ravel())
    intersection, union, used = 0, 0, set()
    for nucleus, box in enumerate(find_objects(true), start=1):
        if box is None:
            continue
        mask = true[box] == nucleus
        others, shared = np.unique(predicted[box][mask], return_counts=True)
        others, shared = others[others > 0], shared[others > 0]
        area = np.count_nonzero(mask)
        if not len(others):
            union += area
            continue
        either = area + areas[others] - shared
        best = np.argmax(shared / either)
        intersection, union = intersection + shared[best], union + either[best]
        used.add(others[best])
    unused = np.setdiff1d(np.flatnonzero(areas)[1:], list(used))
    return intersection / (union + areas[unused].sum())


def dense_matrices(true, predicted):
    """The AJI by dense matrices of all pairs, filled in a loop over masks, as HoVer-Net does."""
    true_masks = [true == label for label in np.unique(true)[1:]]
    predicted_labels = np.unique(predicted)[1:]
    predicted_masks = {label: predicted == label for label in predicted_labels}
    shared, either = np.zeros((2, len(true_masks), len(predicted_labels)))
    for row, mask in enumerate(true_masks):
        for label in np.unique(predicted[mask]):
            if label:
                column = np.searchsorted(predicted_labels, label)
                total = (mask.astype(int) + predicted_masks[label]).sum()
                shared[row, column] = (mask & predicted_masks[label]).sum()
                either[row, column] = total - shared[row, column]
    ious = shared / np.maximum(either, 1)
    rows, best = np.flatnonzero(ious.max(axis=1)), ious.argmax(axis=1)
    unused = np.setdiff1d(np.arange(len(predicted_labels)), best[rows])
    union = either[rows, best[rows]].sum()
    union += sum(mask.sum() for row, mask in enumerate(true_masks) if row not in set(rows))
    union += sum(predicted_masks[predicted_labels[column]].sum() for column in unused)
    return shared[rows, best[rows]].sum() / union


@pytest.mark.benchmark(group="AJI of one image")
@pytest.mark.parametrize(
    ("implementation", "rounds"),
    [(our_aji, 30), (loop_over_cut_outs, 5), (loop_over_nuclei, 1), (dense_matrices, 1)],
    ids=["nucleibench", "loop over cut-outs", "loop over nuclei", "dense matrices"],
)
def test_aji(benchmark, maps, implementation, rounds):
    result = benchmark.pedantic(implementation, maps, rounds=rounds, warmup_rounds=rounds > 1)
    assert result == pytest.approx(our_aji(*maps), abs=1e-12)


def our_matches(true, predicted):
    table = tabulate_overlaps(true, predicted)
    return [count_matches(table, percent) for percent in IOU_PERCENTS]


def cellseg_matches(true, predicted):
    """One threshold, for it starts anew at each."""
    n_predicted = len(np.unique(predicted)) - 1
    return [round(cellseg_metrics.average_precision(true, predicted, 0.6 - 1e-9) * n_predicted)]


def stardist_matches(true, predicted):
    matching = pytest.importorskip("stardist.matching", reason="see the top of this file").matching
    thresholds = [percent / 100 for percent in IOU_PERCENTS]
    return [result.tp for result in matching(true, predicted, thresholds)]


@pytest.mark.benchmark(group="Matches at ten thresholds (cellseg-metrics: at one)")
@pytest.mark.parametrize(
    ("implementation", "rounds"),
    [(our_matches, 30), (stardist_matches, 5), (cellseg_matches, 1)],
    ids=["nucleibench", "StarDist", "cellseg-metrics"],
)
def test_matches(benchmark, maps, implementation, rounds):
    result = benchmark.pedantic(implementation, maps, rounds=rounds, warmup_rounds=rounds > 1)
    ours = our_matches(*maps)
    assert result in (ours, ours[2:3])


@pytest.mark.benchmark(group="All scores of one image")
def test_all_scores(benchmark, maps):
    benchmark(score_image, *maps)
