import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import plain_mask_rcnn as plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.ops import convert_to_numpy as to_numpy

from nucleibench.families.mask_rcnn.align import align_pyramid, align_rois, pyramid_level
from nucleibench.families.mask_rcnn.anchors import make_anchors
from nucleibench.families.mask_rcnn.boxes import areas, decode_boxes, encode_boxes, pairwise_iou
from nucleibench.families.mask_rcnn.selection import propose_regions, select_boxes, suppress


def draw_boxes(generator, count, size=100.0, largest=40.0):
    corners = generator.uniform(0, size, (count, 2))
    sides = generator.uniform(1, largest, (count, 2))
    boxes = np.concatenate([corners, corners + sides], axis=1)
    return boxes.clip(0, size).astype(np.float32)


def test_area_of_padding_is_zero():
    boxes = np.array([[0, 0, 0, 0], [1, 2, 4, 8], [5, 5, 3, 9]], np.float32)
    assert to_numpy(areas(boxes)).tolist() == [0, 18, 0]


def test_iou_equals_the_definition():
    generator = np.random.default_rng(0)
    first, second = draw_boxes(generator, 30), draw_boxes(generator, 20)
    expected = [[plain.iou(a, b) for b in second] for a in first]
    np.testing.assert_allclose(to_numpy(pairwise_iou(first, second)), expected, atol=1e-6)


def test_iou_with_padding_is_zero():
    assert not np.any(to_numpy(pairwise_iou(np.zeros((1, 4), "f4"), np.eye(4, dtype="f4"))))


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_decoding_undoes_encoding(seed):
    generator = np.random.default_rng(seed)
    boxes, references = draw_boxes(generator, 10), draw_boxes(generator, 10)
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
    references[:, 2:] = np.maximum(references[:, 2:], references[:, :2] + 1)
    decoded = decode_boxes(encode_boxes(boxes, references), references, 200)
    np.testing.assert_allclose(to_numpy(decoded), boxes, atol=1e-2)


def test_decoding_equals_the_definition():
    generator = np.random.default_rng(1)
    boxes = draw_boxes(generator, 20)
    shifts = generator.normal(0, 3, (20, 4)).astype(np.float32)
    expected = [plain.apply_shift(*pair, 100) for pair in zip(boxes, shifts, strict=True)]
    np.testing.assert_allclose(to_numpy(decode_boxes(shifts, boxes, 100)), expected, atol=1e-3)


def test_decoding_stays_in_the_tile_however_large_the_shift():
    boxes = np.array([[10, 10, 20, 20]], np.float32)
    decoded = to_numpy(decode_boxes(np.full((1, 4), 1e4, np.float32), boxes, 64))
    assert np.all((decoded >= 0) & (decoded <= 64))


def test_anchors_of_the_coarsest_level():
    anchors = make_anchors(64, (8, 16, 32, 64, 100), zoom=1)
    assert len(anchors) == 3 * (16**2 + 8**2 + 4**2 + 2**2 + 1)
    root = np.sqrt(2)
    expected = [
        [-50 * root, -50 / root, 50 * root, 50 / root],
        [-50, -50, 50, 50],
        [-50 / root, -50 * root, 50 / root, 50 * root],
    ]
    np.testing.assert_allclose(anchors[-3:], expected, rtol=1e-6)


def test_anchors_run_over_ratios_then_columns_then_rows():
    anchors = make_anchors(128, (8, 16, 32, 64, 128), zoom=1)
    centers = (anchors[:, :2] + anchors[:, 2:]) / 2
    assert centers[0].tolist() == centers[2].tolist() == [0, 0]
    assert centers[3].tolist() == [0, 4]
    assert centers[3 * 32].tolist() == [4, 0]
    np.testing.assert_allclose(to_numpy(areas(anchors))[: 3 * 32**2], 64, rtol=1e-5)


def test_anchors_of_an_enlarged_tile_lie_closer():
    plain_anchors = make_anchors(128, (8, 16, 32, 64, 128), zoom=1)
    np.testing.assert_allclose(make_anchors(64, (4, 8, 16, 32, 64), zoom=2), plain_anchors / 2)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.9))
@settings(max_examples=25, deadline=None)
def test_suppression_keeps_what_the_greedy_loop_keeps(seed, max_iou):
    boxes = draw_boxes(np.random.default_rng(seed), 40, size=60)
    kept = to_numpy(suppress(boxes[None], np.ones((1, 40), bool), max_iou))
    expected = plain.greedy_suppression(boxes, -np.arange(40), max_iou)
    assert np.flatnonzero(kept[0]).tolist() == expected


def test_suppression_of_a_long_chain():
    # Each box overlaps its neighbours only: every other one stays, settled one after another.
    tops = np.arange(50, dtype=np.float32) * 4
    boxes = np.stack([tops, 0 * tops, tops + 10, 0 * tops + 10], axis=1)
    kept = to_numpy(suppress(boxes[None], np.ones((1, 50), bool), 0.4))
    assert np.flatnonzero(kept[0]).tolist() == list(range(0, 50, 2))


def test_selection_sorts_pads_and_ignores_what_is_unusable():
    boxes = np.array(
        [[0, 0, 9, 9], [20, 20, 29, 29], [np.nan, 0, 9, 9], [5, 5, 5, 9], [40, 40, 49, 49]],
        np.float32,
    )
    scores = np.array([0.5, 0.9, 0.99, 0.98, 0.1], np.float32)
    found, kept_scores = select_boxes(boxes[None], scores[None], 0.2, 0.5, 7)
    np.testing.assert_allclose(to_numpy(kept_scores)[0], [0.9, 0.5, 0, 0, 0, 0, 0], rtol=1e-6)
    assert to_numpy(found)[0, :2].tolist() == [boxes[1].tolist(), boxes[0].tolist()]
    assert not np.any(to_numpy(found)[0, 2:])


def test_proposals_equal_a_plain_computation():
    generator = np.random.default_rng(2)
    anchors = make_anchors(64, (8, 16, 24, 32, 48), zoom=1)
    logits = generator.normal(0, 2, (2, len(anchors), 2)).astype(np.float32)
    shifts = generator.normal(0, 1, (2, len(anchors), 4)).astype(np.float32)
    found = to_numpy(propose_regions(logits, shifts, anchors, 64, 100, 0.5, 30))
    for row in range(2):
        scores = logits[row, :, 1] - logits[row, :, 0]
        best = np.argsort(-scores)[:100]
        boxes = [plain.apply_shift(anchors[i], shifts[row, i], 64) for i in best]
        usable = [i for i, box in enumerate(boxes) if box[2] > box[0] and box[3] > box[1]]
        boxes = np.array(boxes)[usable]
        kept = plain.greedy_suppression(boxes, -np.arange(len(boxes)), 0.5)[:30]
        np.testing.assert_allclose(found[row, : len(kept)], boxes[kept], atol=1e-3)
        assert not np.any(found[row, len(kept) :])


def test_roi_align_equals_a_plain_computation():
    generator = np.random.default_rng(3)
    features = generator.normal(size=(2, 12, 10, 3)).astype(np.float32)
    boxes = np.stack([draw_boxes(generator, 6, size=40) for _ in range(2)])
    found = to_numpy(align_rois(features, boxes, 4, stride=4))
    for image, region, channel in np.ndindex(2, 6, 3):
        expected = plain.roi_align(features[image, ..., channel], boxes[image, region], 4, 4)
        np.testing.assert_allclose(found[image, region, ..., channel], expected, atol=1e-5)


def test_roi_align_of_a_plane_is_the_plane_at_the_bins_centers():
    rows, columns = np.mgrid[:20, :20].astype(np.float32)
    plane = (2 * rows - 3 * columns)[None, ..., None]
    box = np.array([[[11.0, 20.0, 43.0, 50.0]]], np.float32)
    found = to_numpy(align_rois(plane, box, 2, stride=4))[0, 0, ..., 0]
    centers_y, centers_x = np.array([19.0, 35.0]) / 4 - 0.5, np.array([27.5, 42.5]) / 4 - 0.5
    np.testing.assert_allclose(found, 2 * centers_y[:, None] - 3 * centers_x, atol=1e-4)


def test_level_follows_the_side_of_the_box():
    sides = np.array([3, 20, 111, 112, 223, 224, 447, 448, 5000], np.float32)
    boxes = np.stack([0 * sides, 0 * sides, sides, sides], axis=1)
    assert to_numpy(pyramid_level(boxes)).tolist() == [2, 2, 2, 3, 3, 4, 4, 5, 5]


def test_regions_are_cropped_from_their_level():
    pyramid = [np.full((1, 64 // 2**i, 64 // 2**i, 1), i + 2, np.float32) for i in range(4)]
    boxes = np.array([[[0, 0, 20, 20], [0, 0, 150, 150], [0, 0, 250, 250]]], np.float32)
    crops = to_numpy(align_pyramid(pyramid, boxes, 2))
    assert crops[0, :, 0, 0, 0].tolist() == [2, 3, 4]


@pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is None,
    reason="torchvision, an independent yardstick, is not installed",
)
def test_operations_equal_torchvisions(tmp_path):
    generator = np.random.default_rng(4)
    boxes, scores = draw_boxes(generator, 300), generator.permutation(300).astype(np.float32)
    features = generator.normal(size=(1, 25, 25, 5)).astype(np.float32)
    np.savez(tmp_path / "input.npz", boxes=boxes, scores=scores, features=features)
    script = Path(__file__).with_name("torchvision_operators.py")
    files = [tmp_path / "input.npz", tmp_path / "output.npz"]
    subprocess.run([sys.executable, script, *files], check=True)
    expected = np.load(tmp_path / "output.npz")
    order = np.argsort(-scores)
    kept = to_numpy(suppress(boxes[order][None], np.ones((1, 300), bool), 0.5))
    np.testing.assert_array_equal(order[kept[0]], expected["kept"])
    np.testing.assert_allclose(to_numpy(pairwise_iou(boxes, boxes)), expected["iou"], atol=1e-6)
    crops = to_numpy(align_rois(features, boxes[None], 7, stride=4))[0]
    np.testing.assert_allclose(crops, expected["crops"], atol=1e-4)
