import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.evaluate.contingency import tabulate_overlaps
from nucleibench.evaluate.mistakes import (
    MISTAKES,
    OUTCOMES,
    classify_predicted,
    classify_true,
    count_invented,
    count_mistakes,
)

label_maps = arrays(np.int32, (6, 7), elements=st.integers(0, 4))


def empty():
    return np.zeros((2, 40, 40), np.int32)


def merged():
    """Two nuclei under one prediction, and a third that reaches into it by a quarter."""
    true, predicted = empty()
    true[:10, :10], true[:10, 10:20], true[:10, 20:30] = 1, 2, 3
    predicted[:10, :22], predicted[:10, 22:30] = 1, 2
    return true, predicted


def split():
    true, predicted = empty()
    true[:12, :12] = 1
    predicted[:12, :4], predicted[:12, 4:8], predicted[:12, 8:12] = 1, 2, 3
    return true, predicted


def missed():
    true, predicted = empty()
    true[:10, :10] = 1
    predicted[:10, :4] = 1
    return true, predicted


def misdrawn():
    true, predicted = empty()
    true[10:20, 10:20] = 1
    predicted[5:25, 5:25] = 1
    return true, predicted


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        (merged, {"merged": 2}),
        (split, {"split": 1}),
        (missed, {"missed": 1}),
        (misdrawn, {"misdrawn": 1}),
    ],
)
def test_each_mistake_is_told_from_the_others(draw, expected):
    table = tabulate_overlaps(*draw())
    assert {kind: count_mistakes(table, kind) for kind in MISTAKES} == {
        kind: expected.get(kind, 0) for kind in MISTAKES
    }


def test_a_prediction_is_invented_where_most_of_it_lies_outside():
    true, predicted = empty()
    true[:10, :10] = 1
    predicted[:10, 5:15], predicted[20:, 20:], predicted[:10, 6:10] = 1, 2, 3
    # The first lies in the nucleus by one pixel column of six, the second nowhere.
    assert count_invented(tabulate_overlaps(true, predicted)) == 2


@given(label_maps)
def test_a_perfect_segmentation_makes_no_mistakes(labels):
    table = tabulate_overlaps(labels, labels)
    assert [count_mistakes(table, kind) for kind in MISTAKES] == [0] * len(MISTAKES)
    assert count_invented(table) == 0


def overlap_of(true, predicted, i, j):
    return int(np.count_nonzero((true == i) & (predicted == j)))


def plain_kind(true, predicted, i):
    """The definition, one nucleus and one prediction at a time."""
    area = np.count_nonzero(true == i)
    predictions = [int(j) for j in np.unique(predicted[true == i]) if j]
    overlaps = {j: overlap_of(true, predicted, i, j) for j in predictions}
    areas = {j: np.count_nonzero(predicted == j) for j in predictions}
    if any(n / (area + areas[j] - n) >= 0.5 for j, n in overlaps.items()):
        return "found"
    for j in predictions:
        held = [
            k
            for k in np.unique(true[true > 0])
            if overlap_of(true, predicted, k, j) >= np.count_nonzero(true == k) / 2
        ]
        if i in held and len(held) > 1:
            return "merged"
    if sum(n >= areas[j] / 2 for j, n in overlaps.items()) > 1:
        return "split"
    return "missed" if sum(overlaps.values()) < area / 2 else "misdrawn"


@given(label_maps, label_maps)
def test_kinds_are_those_of_a_plain_loop_and_each_nucleus_has_one(true, predicted):
    table = tabulate_overlaps(true, predicted)
    kinds = [plain_kind(true, predicted, i) for i in table.true_labels]
    for kind in MISTAKES:
        assert count_mistakes(table, kind) == kinds.count(kind)


@pytest.mark.parametrize(
    ("draw", "true", "predicted"),
    [
        (merged, ["merged", "merged", "found"], ["merged", "found"]),
        (split, ["split"], ["split"] * 3),
        (missed, ["missed"], ["misdrawn"]),
        (misdrawn, ["misdrawn"], ["invented"]),
    ],
)
def test_each_nucleus_is_told_what_became_of_it(draw, true, predicted):
    table = tabulate_overlaps(*draw())
    assert [OUTCOMES[place] for place in classify_true(table)] == true
    assert [OUTCOMES[place] for place in classify_predicted(table)] == predicted


@given(label_maps, label_maps)
def test_what_is_told_of_each_nucleus_adds_up_to_the_counts(true, predicted):
    table = tabulate_overlaps(true, predicted)
    of_true, of_predicted = classify_true(table), classify_predicted(table)
    assert len(of_true) == table.n_true
    for kind in MISTAKES:
        assert (of_true == OUTCOMES.index(kind)).sum() == count_mistakes(table, kind)
    assert (of_predicted == OUTCOMES.index("invented")).sum() == count_invented(table)
    assert (of_true != OUTCOMES.index("invented")).all()
