import keras
import numpy as np
import pytest
from keras.ops import convert_to_numpy as to_numpy
from skimage.draw import disk

from nucleibench.families.mask_rcnn.anchors import make_anchors
from nucleibench.families.mask_rcnn.assignment import (
    assign_anchors,
    assign_regions,
    crop_masks,
    draw_sample,
)
from nucleibench.families.mask_rcnn.boxes import decode_boxes, pairwise_iou
from nucleibench.families.mask_rcnn.losses import head_losses, proposal_losses, weighted_mean
from nucleibench.families.mask_rcnn.settings import Sampling

ANCHORS = make_anchors(64, (12, 24, 36, 48, 60), zoom=1)
SAMPLING = Sampling(max_nuclei=6, anchors=64, regions=24, positive_share=0.25)


def two_nuclei():
    """A tile with two discs: boxes (1, 6, 4) and labels (1, 64, 64)."""
    labels = np.zeros((1, 64, 64), np.int32)
    for number, (center, radius) in enumerate([((20, 20), 9), ((45, 40), 6)], start=1):
        labels[0][disk(center, radius + 0.5)] = number
    boxes = np.zeros((1, 6, 4), np.float32)
    boxes[0, :2] = [[11, 11, 30, 30], [39, 34, 52, 47]]
    return boxes, labels


def test_a_sample_has_positives_first_and_weights_zero_where_there_were_too_few():
    positive = np.array([[0, 1, 0, 0, 1, 0, 0, 0]], bool)
    negative = np.array([[1, 0, 0, 1, 0, 0, 0, 1]], bool)
    indices, is_positive, weight = map(to_numpy, draw_sample(positive, negative, 3, 2, seed=0))
    assert set(indices[0, :2]) == {1, 4}
    assert set(indices[0, 3:]) < {0, 3, 7}
    assert is_positive[0].tolist() == [1, 1, 0, 0, 0]
    assert weight[0].tolist() == [1, 1, 0, 1, 1]


def test_a_sample_is_uniform():
    positive, negative = np.ones((1, 8), bool), np.zeros((1, 8), bool)
    generator = keras.random.SeedGenerator(0)
    counts = np.zeros(8)
    for _ in range(200):
        counts[to_numpy(draw_sample(positive, negative, 2, 1, generator).indices)[0, :2]] += 1
    assert np.all(np.abs(counts - 50) < 25)


def test_anchors_are_positive_and_negative_by_the_rule():
    boxes, _ = two_nuclei()
    # A sample large enough to hold them all.
    sample, shifts = assign_anchors(ANCHORS, boxes, 2 * len(ANCHORS), seed=0)
    indices, is_positive, weight = (to_numpy(part)[0] for part in sample)
    iou = to_numpy(pairwise_iou(ANCHORS, boxes[0, :2]))
    rule = (iou.max(axis=1) >= 0.7) | (iou == iou.max(axis=0)).any(axis=1)
    assert set(indices[is_positive > 0]) == set(np.flatnonzero(rule))
    negatives = indices[(weight > 0) & (is_positive == 0)]
    assert set(negatives) == set(np.flatnonzero(~rule & (iou.max(axis=1) < 0.3)))
    for row in np.flatnonzero(is_positive):
        nucleus = boxes[0, iou[indices[row]].argmax()]
        decoded = decode_boxes(shifts[0, row], ANCHORS[indices[row]], 64)
        np.testing.assert_allclose(to_numpy(decoded), nucleus, atol=1e-3)


def test_every_nucleus_has_a_positive_anchor_however_odd_its_box():
    boxes = np.zeros((1, 2, 4), np.float32)
    boxes[0, 0] = [3, 0, 5, 60]
    sample, _ = assign_anchors(ANCHORS, boxes, 2 * len(ANCHORS), seed=0)
    assert to_numpy(pairwise_iou(ANCHORS, boxes[0])).max() < 0.3
    assert to_numpy(sample.is_positive).sum() >= 1


def test_regions_learn_from_annotated_boxes_before_proposals_find_any():
    boxes, labels = two_nuclei()
    proposals = np.array([[[0, 0, 5, 5], [50, 0, 64, 14], [11, 12, 30, 30], [0] * 4]], np.float32)
    assigned = assign_regions(proposals, boxes, labels, SAMPLING, seed=1)
    is_nucleus, weight = to_numpy(assigned.is_nucleus)[0], to_numpy(assigned.weight)[0]
    assert SAMPLING.positives == 6
    assert is_nucleus.sum() == 3  # two annotated, one proposal nearly equal to the first
    assert weight.sum() == 5  # and two of background; padding is neither
    decoded = to_numpy(decode_boxes(assigned.shifts[0, :3], assigned.regions[0, :3], 64))
    for box in decoded:
        assert np.abs(box - boxes[0, :2]).max(axis=1).min() < 1e-3


def test_masks_are_those_of_the_wanted_label():
    _, labels = two_nuclei()
    # At one cell a pixel the mask is the label map itself.
    regions = np.array([[[6, 5, 34, 33], [30, 30, 58, 58], [30, 30, 58, 58]]], np.float32)
    masks = to_numpy(crop_masks(labels, regions, np.array([[1, 2, 1]])))
    np.testing.assert_array_equal(masks[0, 0], labels[0, 6:34, 5:33] == 1)
    np.testing.assert_array_equal(masks[0, 1], labels[0, 30:58, 30:58] == 2)
    assert not masks[0, 2, 1:, 1:].any()


def test_a_mean_of_nothing_is_zero():
    assert float(weighted_mean(np.ones(3, "float32"), np.zeros(3, "float32"))) == 0


def test_losses_of_perfect_answers_are_zero():
    boxes, labels = two_nuclei()
    assigned = assign_anchors(ANCHORS, boxes, SAMPLING.anchors, seed=0)
    indices, is_positive, _ = map(to_numpy, assigned.sample)
    logits, shifts = np.zeros((1, len(ANCHORS), 2)), np.zeros((1, len(ANCHORS), 4))
    logits[0, indices[0], 1] = np.where(is_positive[0], 50, -50)
    shifts[0, indices[0]] = to_numpy(assigned.shifts)[0]
    for loss in proposal_losses(logits.astype("f4"), shifts.astype("f4"), assigned):
        assert float(loss) == pytest.approx(0, abs=1e-6)
    heads = assign_regions(boxes, boxes, labels, SAMPLING, seed=0)
    sure = 100 * to_numpy(heads.is_nucleus)[..., None] * [0, 1] - [0, 50]
    shifts = np.zeros((1, SAMPLING.regions, 4), "f4")
    shifts[:, : SAMPLING.positives] = to_numpy(heads.shifts)
    masks = 100 * to_numpy(heads.masks) - 50
    for loss in head_losses(sure.astype("f4"), shifts, masks, heads):
        assert float(loss) == pytest.approx(0, abs=1e-6)


def test_losses_equal_a_plain_computation():
    generator = np.random.default_rng(5)
    boxes, labels = two_nuclei()
    heads = assign_regions(boxes, boxes, labels, SAMPLING, seed=0)
    rows, positives = SAMPLING.regions, SAMPLING.positives
    logits = generator.normal(size=(1, rows, 2)).astype("f4")
    shifts = generator.normal(size=(1, rows, 4)).astype("f4")
    masks = generator.normal(size=(1, positives, 28, 28)).astype("f4")
    found = [float(loss) for loss in head_losses(logits, shifts, masks, heads)]
    is_nucleus, weight = to_numpy(heads.is_nucleus)[0], to_numpy(heads.weight)[0]
    chosen = is_nucleus.astype(int)
    entropy = np.log(np.exp(logits[0]).sum(axis=1)) - logits[0, np.arange(rows), chosen]
    error = np.abs(shifts[0, :positives] - to_numpy(heads.shifts)[0])
    distance = np.where(error < 1, error**2 / 2, error - 0.5).mean(axis=1)
    pixel = np.log1p(np.exp(masks[0])) - masks[0] * to_numpy(heads.masks)[0]
    likely = is_nucleus[:positives] > 0
    expected = [
        entropy[weight > 0].mean(),
        distance[likely].mean(),
        pixel.mean(axis=(1, 2))[likely].mean(),
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_an_empty_tile_gives_no_positive_and_no_nan():
    boxes, labels = np.zeros((1, 6, 4), np.float32), np.zeros((1, 64, 64), np.int32)
    anchors = assign_anchors(ANCHORS, boxes, SAMPLING.anchors, seed=0)
    ones = np.ones((1, len(ANCHORS), 4), "f4")
    class_loss, box_loss = proposal_losses(ones[..., :2], ones, anchors)
    assert float(class_loss) == pytest.approx(np.log(2))
    assert float(box_loss) == 0
    proposals = np.array([[[0, 0, 5, 5]]], np.float32)
    heads = assign_regions(proposals, boxes, labels, SAMPLING, seed=0)
    ones = np.ones((1, SAMPLING.regions, 4), "f4")
    masks = np.ones((1, SAMPLING.positives, 28, 28), "f4")
    class_loss, box_loss, mask_loss = head_losses(ones[..., :2], ones, masks, heads)
    assert float(class_loss) == pytest.approx(np.log(2))
    assert (float(box_loss), float(mask_loss)) == (0, 0)
