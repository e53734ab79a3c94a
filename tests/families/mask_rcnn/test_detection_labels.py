import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nucleibench.errors import DataError
from nucleibench.families.mask_rcnn.detections import Detections, read_detections, write_detections
from nucleibench.families.mask_rcnn.label import (
    LabelSetting,
    choose,
    label_detections,
    place_mask,
)

FULL = np.full((28, 28), 255, np.uint8)
LEFT = FULL * (np.arange(28) < 14).astype(np.uint8)
SETTING = LabelSetting(min_score=0.5, max_iou=0.3, min_size=1)


def detections(boxes, scores, masks=None, shape=(20, 30)):
    masks = [FULL] * len(boxes) if masks is None else masks
    boxes = np.array(boxes, np.float32).reshape(-1, 4)
    return Detections(shape, boxes, np.array(scores, np.float32), np.array(masks, np.uint8))


def test_a_full_mask_covers_its_box():
    window, mask = place_mask(np.array([2, 3, 6, 10]), FULL, (20, 30))
    assert window == (slice(2, 6), slice(3, 10))
    assert mask.all()


def test_a_pixel_belongs_to_the_box_that_holds_its_center():
    window, mask = place_mask(np.array([2.4, 2.6, 6.4, 6.6]), FULL, (20, 30))
    assert window == (slice(2, 6), slice(3, 7))
    assert mask.all()


def test_half_a_mask_covers_half_its_box():
    _, mask = place_mask(np.array([0, 0, 5, 10]), LEFT, (20, 30))
    np.testing.assert_array_equal(mask, np.tile(np.arange(10) < 5, (5, 1)))


def test_a_box_beyond_the_image_is_cropped_with_its_mask():
    window, mask = place_mask(np.array([-5, 25, 5, 35]), LEFT, (20, 30))
    assert window == (slice(0, 5), slice(25, 30))
    assert mask.all()


def test_the_better_nucleus_comes_first_and_keeps_its_pixels():
    found = detections([[0, 0, 10, 10], [0, 8, 10, 18]], [0.7, 0.9])
    labels = label_detections(found, SETTING)
    assert (labels[:10, 8:18] == 1).all()
    assert (labels[:10, :8] == 2).all()
    assert labels.max() == 2


def test_a_nucleus_mostly_covered_by_better_ones_is_one_of_them():
    # Box overlap is below the threshold, yet what is free of it is less than half.
    found = detections([[0, 0, 20, 20], [0, 0, 10, 9]], [0.9, 0.8])
    assert label_detections(found, SETTING).max() == 1


def test_thresholds_are_on_score_overlap_and_size():
    found = detections(
        [[0, 0, 10, 10], [0, 1, 10, 11], [12, 0, 18, 9], [0, 20, 1, 22]], [0.9, 0.8, 0.4, 0.9]
    )
    assert label_detections(found, SETTING).max() == 2
    assert label_detections(found, LabelSetting(0.3, 0.3, 1)).max() == 3
    assert label_detections(found, LabelSetting(0.5, 0.3, 3)).max() == 1


def test_no_detections_give_an_empty_map():
    found = detections([], [], np.zeros((0, 28, 28)))
    assert label_detections(found, SETTING).shape == (20, 30)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_the_choice_is_the_greedy_one(seed):
    generator = np.random.default_rng(seed)
    corners = generator.uniform(0, 20, (30, 2))
    boxes = np.concatenate([corners, corners + generator.uniform(2, 9, (30, 2))], axis=1)
    found = detections(boxes, generator.permutation(30) / 30)
    kept = []
    for row in np.argsort(-found.scores):
        if found.scores[row] > 0.2 and all(iou(boxes[row], boxes[i]) <= 0.4 for i in kept):
            kept.append(row)
    assert choose(found, 0.2, 0.4).tolist() == kept


def iou(a, b):
    sides = np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0)
    shared = sides.prod()
    return shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared)


def test_detections_survive_their_file(tmp_path):
    found = detections([[0, 0, 4.5, 5]], [0.75], [LEFT])
    write_detections(tmp_path / "a.npz", found)
    again = read_detections(tmp_path / "a.npz")
    assert again.shape == (20, 30)
    for name in ("boxes", "scores", "masks"):
        np.testing.assert_array_equal(getattr(again, name), getattr(found, name))


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="not a file of detections"):
        read_detections(tmp_path / "a.npz")
