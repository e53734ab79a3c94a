"""The scores once more, by sets of pixels and plain loops: slow, and easy to hold for true."""

from fractions import Fraction

import numpy as np


def nuclei(labels):
    return {
        int(label): set(map(tuple, np.argwhere(labels == label)))
        for label in np.unique(labels)
        if label
    }


def iou(a, b):
    return Fraction(len(a & b), len(a | b))


def ratio(numerator, denominator):
    return float(Fraction(numerator, denominator)) if denominator else 1.0


def aji(true, predicted):
    """Kumar et al. 2017: best IoU for each true nucleus, with re-use; unused ones to the union."""
    intersection, union, used = 0, 0, set()
    for nucleus in true.values():
        candidates = [label for label, other in predicted.items() if nucleus & other]
        if not candidates:
            union += len(nucleus)
            continue
        best = max(candidates, key=lambda label: iou(nucleus, predicted[label]))
        intersection += len(nucleus & predicted[best])
        union += len(nucleus | predicted[best])
        used.add(best)
    union += sum(len(other) for label, other in predicted.items() if label not in used)
    return ratio(intersection, union)


def has_equal_candidates(true, predicted):
    """Whether some true nucleus has two predictions of the same IoU, so that labels decide."""
    for nucleus in true.values():
        ious = [iou(nucleus, other) for other in predicted.values() if nucleus & other]
        if ious.count(max(ious, default=0)) > 1:
            return True
    return False


def pairings(true, predicted):
    """All one-to-one pairings of true labels with overlapping predicted labels or with nothing."""
    if not true:
        return [[]]
    (label, nucleus), *rest = true.items()
    result = pairings(dict(rest), predicted)
    for other_label, other in predicted.items():
        if nucleus & other:
            left = {key: value for key, value in predicted.items() if key != other_label}
            result = result + [[(label, other_label), *more] for more in pairings(dict(rest), left)]
    return result


def aji_plus_values(true, predicted):
    """The AJI+ of every pairing that has the largest sum of IoUs."""
    totals = {
        tuple(pairing): sum(iou(true[a], predicted[b]) for a, b in pairing)
        for pairing in pairings(true, predicted)
    }
    best = [pairing for pairing, total in totals.items() if total == max(totals.values())]
    return [aggregate(true, predicted, pairing) for pairing in best]


def aggregate(true, predicted, pairing):
    intersection = sum(len(true[a] & predicted[b]) for a, b in pairing)
    union = sum(len(true[a] | predicted[b]) for a, b in pairing)
    union += sum(len(true[a]) for a in true.keys() - {a for a, _ in pairing})
    union += sum(len(predicted[b]) for b in predicted.keys() - {b for _, b in pairing})
    return ratio(intersection, union)


def matches(true, predicted, percent):
    """The size of the largest one-to-one pairing of nuclei with IoU >= percent / 100."""
    return max(
        sum(iou(true[a], predicted[b]) >= Fraction(percent, 100) for a, b in pairing)
        for pairing in pairings(true, predicted)
    )


def panoptic_quality(true, predicted):
    ious = [iou(a, b) for a in true.values() for b in predicted.values()]
    return ratio(
        2 * sum(value for value in ious if value > Fraction(1, 2)), len(true) + len(predicted)
    )


def dice(labels_true, labels_predicted):
    a, b = set(map(tuple, np.argwhere(labels_true))), set(map(tuple, np.argwhere(labels_predicted)))
    return ratio(2 * len(a & b), len(a) + len(b))
