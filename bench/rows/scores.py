"""Scores of an image: AJI, and matches at ten thresholds with all that is read from them."""

from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work

PERCENTS = tuple(range(50, 100, 5))
SIZES, QUICK = (1000, 2000, 4000, 8000), (1000, 3000)
DENSE = 2000
"""Beyond this side, a matrix of all pairs of nuclei takes minutes and gigabytes."""


def draw(size: int) -> dict[str, np.ndarray]:
    """Draw true nuclei; of the predicted ones some are shifted, missing, invented or merged."""
    from bench.drawn import draw_field, lay_labels

    true = draw_field()[1]
    # From this seed no IoU is exactly 0.5, which is a match to StarDist's PQ and none to ours.
    generator = np.random.default_rng(9)
    kept = np.where(generator.uniform(size=true.max() + 1) < 0.85, np.arange(true.max() + 1), 0)
    kept[generator.integers(1, len(kept), 30)] = generator.integers(1, len(kept), 30)
    invented = np.roll(np.where(generator.uniform(size=len(kept)) < 0.1, kept, 0)[true], 15, axis=0)
    predicted = np.roll(kept[true], (1, 2), axis=(0, 1))
    predicted = np.where(predicted > 0, predicted, np.where(invented > 0, invented + len(kept), 0))
    return {"true": lay_labels(true, size), "predicted": lay_labels(predicted, size)}


def ratios(tp: np.ndarray, n_true: int, n_predicted: int) -> dict[str, Any]:
    """Return the measures of all thresholds."""
    return {
        "tp": tp,
        "ap": tp / (n_true + n_predicted - tp),
        "precision": tp / n_predicted,
        "recall": tp / n_true,
        "f1": 2 * tp / (n_true + n_predicted),
    }


def our_matches(inputs: Inputs) -> Work:
    from nucleibench.evaluate.contingency import tabulate_overlaps
    from nucleibench.evaluate.scores import count_matches, panoptic_quality

    def work():
        table = tabulate_overlaps(inputs["true"], inputs["predicted"])
        tp = np.array([count_matches(table, percent) for percent in PERCENTS])
        return {**ratios(tp, table.n_true, table.n_predicted), "pq": panoptic_quality(table)}

    return work


def stardist_matches(inputs: Inputs) -> Work:
    from stardist.matching import matching

    def work():
        found = matching(inputs["true"], inputs["predicted"], [p / 100 for p in PERCENTS])
        names = {"tp": "tp", "ap": "accuracy", "precision": "precision", "recall": "recall"}
        names |= {"f1": "f1"}
        listed = {ours: [getattr(f, name) for f in found] for ours, name in names.items()}
        return listed | {"pq": found[0].panoptic_quality}

    return work


def cellpose_matches(inputs: Inputs) -> Work:
    from cellpose.metrics import average_precision

    def work():
        thresholds = [percent / 100 for percent in PERCENTS]
        ap, tp, _, _ = average_precision(inputs["true"], inputs["predicted"], thresholds)
        return {"tp": tp, "ap": ap}

    return work


def panoptica_matches(inputs: Inputs) -> Work:
    from panoptica import InputType, NaiveThresholdMatching, Panoptica_Evaluator
    from panoptica.metrics import Metric

    evaluator = Panoptica_Evaluator(
        expected_input=InputType.UNMATCHED_INSTANCE,
        instance_matcher=NaiveThresholdMatching(matching_threshold=0.5),
        instance_metrics=[Metric.IOU],
        global_metrics=[],
    )
    true, predicted = (inputs[name].astype(np.uint32) for name in ("true", "predicted"))

    def work():
        result = evaluator.evaluate(predicted, true, verbose=False)["ungrouped"]
        return {"pq": result.pq}

    return work


def our_aji(inputs: Inputs) -> Work:
    from nucleibench.evaluate.contingency import tabulate_overlaps
    from nucleibench.evaluate.scores import aggregated_jaccard_index

    def work():
        return aggregated_jaccard_index(tabulate_overlaps(inputs["true"], inputs["predicted"]))

    return work


def cut_outs_aji(inputs: Inputs) -> Work:
    """A mask of each nucleus's own bounding box: the best that a loop can do."""
    from scipy.ndimage import find_objects

    def work():
        true, predicted = inputs["true"], inputs["predicted"]
        areas = np.bincount(predicted.ravel())
        intersection, union, used = 0, 0, set()
        for nucleus, box in enumerate(find_objects(true), start=1):
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

    return work


def masks_aji(inputs: Inputs) -> Work:
    """A mask of the whole image for each nucleus, as published code has it."""

    def work():
        true, predicted = inputs["true"], inputs["predicted"]
        intersection, union, used = 0, 0, set()
        for nucleus in np.unique(true)[1:]:
            mask = true == nucleus
            best = (0.0, 0, mask.sum(), 0)
            for other in np.unique(predicted[mask]):
                if other:
                    other_mask = predicted == other
                    shared, either = (mask & other_mask).sum(), (mask | other_mask).sum()
                    best = max(best, (shared / either, shared, either, other), key=lambda b: b[0])
            intersection, union = intersection + best[1], union + best[2]
            used.add(best[3])
        return intersection / (union + (~np.isin(predicted, [0, *used])).sum())

    return work


def cellpose_aji(inputs: Inputs) -> Work:
    from cellpose.metrics import aggregated_jaccard_index

    true, predicted = [inputs["true"]], [inputs["predicted"]]
    return lambda: aggregated_jaccard_index(true, predicted)[0]


COMPARISONS = [
    Comparison(
        "AP, precision, recall and F1 at ten thresholds, and PQ",
        draw,
        Candidate("ours", our_matches),
        (
            Candidate("StarDist", stardist_matches, "stardist", limit=DENSE),
            Candidate("Cellpose (AP alone)", cellpose_matches, "cellpose", limit=DENSE),
            Candidate("panoptica (one threshold)", panoptica_matches, "panoptica", limit=4000),
        ),
        SIZES,
        QUICK,
        aim=5,
        rivals=("StarDist", "Cellpose (AP alone)"),
        tolerance=1e-6,
    ),
    Comparison(
        "AJI",
        draw,
        Candidate("ours", our_aji),
        (
            Candidate("loop over boxes", cut_outs_aji),
            Candidate("loop over masks", masks_aji, limit=1000),
            Candidate(
                "Cellpose",
                cellpose_aji,
                "cellpose",
                differs="one-to-one matches, over all pixels of both maps: another definition",
                limit=DENSE,
            ),
        ),
        SIZES,
        QUICK,
        aim=5,
        tolerance=1e-12,
    ),
]
