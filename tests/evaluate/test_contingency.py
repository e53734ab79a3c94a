from dataclasses import fields

import numpy as np
import pytest
from brute_force import nuclei
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nucleibench.errors import DataError
from nucleibench.evaluate import contingency
from nucleibench.evaluate.contingency import tabulate_overlaps

label_maps = arrays(np.int32, (6, 7), elements=st.sampled_from([0, 0, 0, 1, 2, 5, 2**31 - 1]))


def test_two_overlapping_squares():
    true, predicted = np.zeros((2, 20, 30), np.int32)
    true[5:15, 5:15] = 7
    predicted[5:15, 10:20] = 3

    table = tabulate_overlaps(true, predicted)

    assert (table.true_labels.tolist(), table.true_areas.tolist()) == ([7], [100])
    assert (table.predicted_labels.tolist(), table.predicted_areas.tolist()) == ([3], [100])
    assert table.overlaps.tolist() == [50]
    assert table.unions.tolist() == [150]
    assert table.ious.tolist() == [1 / 3]


@given(label_maps, label_maps)
def test_equals_counting_of_pixel_sets(labels_true, labels_predicted):
    true, predicted = nuclei(labels_true), nuclei(labels_predicted)

    table = tabulate_overlaps(labels_true, labels_predicted)

    assert dict(zip(table.true_labels.tolist(), table.true_areas.tolist(), strict=True)) == {
        label: len(pixels) for label, pixels in true.items()
    }
    assert dict(
        zip(table.predicted_labels.tolist(), table.predicted_areas.tolist(), strict=True)
    ) == {label: len(pixels) for label, pixels in predicted.items()}
    pairs = zip(
        table.true_labels[table.pair_true].tolist(),
        table.predicted_labels[table.pair_predicted].tolist(),
        table.overlaps.tolist(),
        strict=True,
    )
    assert list(pairs) == [
        (a, b, len(true[a] & predicted[b]))
        for a in sorted(true)
        for b in sorted(predicted)
        if true[a] & predicted[b]
    ]


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16, np.int64, np.uint64, ">i4"])
def test_any_integer_type_and_memory_order(kind):
    labels = np.arange(12).reshape(3, 4) // 2
    expected = tabulate_overlaps(labels, labels)

    table = tabulate_overlaps(np.asfortranarray(labels.astype(kind)), labels)

    assert table.true_areas.tolist() == expected.true_areas.tolist() == [2] * 5
    assert table.overlaps.tolist() == expected.overlaps.tolist()


def test_largest_labels():
    labels = np.array([[0, 2**32 - 1, 2**31]], np.uint32)

    table = tabulate_overlaps(labels, labels)

    assert table.true_labels.tolist() == [2**31, 2**32 - 1]
    assert table.overlaps.tolist() == [1, 1]


@pytest.mark.parametrize("shape", [(0, 0), (4, 4)])
def test_no_nuclei(shape):
    table = tabulate_overlaps(np.zeros(shape, np.int32), np.zeros(shape, np.int32))

    assert (table.n_true, table.n_predicted, len(table.overlaps)) == (0, 0, 0)


@pytest.mark.parametrize("block", [1, 3, 64])
def test_blocks_of_pixels_change_nothing(block, monkeypatch):
    labels_true, labels_predicted = np.random.default_rng(0).integers(0, 4, (2, 13, 11))
    whole = tabulate_overlaps(labels_true, labels_predicted)
    monkeypatch.setattr(contingency, "BLOCK", block)
    in_blocks = tabulate_overlaps(labels_true, labels_predicted)
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(in_blocks, field.name), getattr(whole, field.name))


def test_input_is_left_alone():
    labels = np.arange(9, dtype=np.int32).reshape(3, 3)
    labels.flags.writeable = False
    tabulate_overlaps(labels, labels)


@pytest.mark.parametrize(
    ("true", "predicted", "message"),
    [
        (np.zeros((2, 3), int), np.zeros((3, 2), int), r"true \(2, 3\), predicted \(3, 2\)"),
        (np.zeros((2, 2)), np.zeros((2, 2), int), "true label map is of type float64"),
        (np.zeros((2, 2), int), np.zeros((2, 2), bool), "predicted label map is of type bool"),
        (np.zeros((2, 2), int), np.full((2, 2), -4), "predicted .* negative label -4"),
        (np.full((2, 2), 2**32), np.zeros((2, 2), int), "true .* 4294967296; labels end at"),
    ],
)
def test_bad_maps_are_refused(true, predicted, message):
    with pytest.raises(DataError, match=message):
        tabulate_overlaps(true, predicted)
