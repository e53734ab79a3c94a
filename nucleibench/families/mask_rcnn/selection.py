"""Choosing among many scored boxes: non-maximum suppression with fixed shapes, inside the graph."""

from typing import TypeAlias

from keras import KerasTensor, ops

from nucleibench.families.mask_rcnn.boxes import areas, decode_boxes, gather, pad_rows, pairwise_iou

Tensor: TypeAlias = KerasTensor


def suppress(boxes: Tensor, eligible: Tensor, max_iou: float) -> Tensor:
    """Return which boxes greedy non-maximum suppression keeps, bool (batch, N).

    Boxes (batch, N, 4) come best first. A box goes where an earlier kept one overlaps it by more
    than ``max_iou``. Starting from "all eligible are kept", that rule is applied to all boxes at
    once until nothing changes; round k settles at least the first k boxes, so the fixed point is
    the greedy result, found after a few matrix operations instead of one step a box.
    """
    count = boxes.shape[1]
    places = ops.arange(count)
    earlier = ops.expand_dims(places, 0) < ops.expand_dims(places, 1)
    beaten_by = ops.logical_and(pairwise_iou(boxes, boxes) > max_iou, earlier)

    def apply_rule(kept: Tensor, changed: Tensor) -> tuple[Tensor, Tensor]:
        beaten = ops.any(ops.logical_and(beaten_by, ops.expand_dims(kept, 1)), axis=-1)
        new = ops.logical_and(eligible, ops.logical_not(beaten))
        return new, ops.any(ops.not_equal(new, kept))

    kept, _ = ops.while_loop(
        lambda _, changed: changed,
        apply_rule,
        (eligible, ops.convert_to_tensor(True)),
        maximum_iterations=count,
    )
    return kept


def select_boxes(
    boxes: Tensor, scores: Tensor, min_score: float, max_iou: float, count: int
) -> tuple[Tensor, Tensor]:
    """Return the best ``count`` boxes and scores after suppression, padded with zeros.

    Args:
        boxes: (batch, N, 4).
        scores: (batch, N); a box below ``min_score``, without area or not finite is ignored.
        min_score: see ``scores``.
        max_iou: of two boxes overlapping more, the better stays.
        count: length of the result.
    """
    boxes, scores, valid = _mark_usable(boxes, scores, min_score)
    _, order = ops.top_k(ops.where(valid, scores, -1.0), scores.shape[1])
    boxes, scores, valid = gather(boxes, order), gather(scores, order), gather(valid, order)
    kept = suppress(boxes, valid, max_iou)
    places = ops.arange(kept.shape[1], 0, -1)
    rank, first = ops.top_k(ops.where(kept, places, 0), min(count, kept.shape[1]))
    found = ops.cast(rank > 0, "float32")
    boxes = gather(boxes, first) * ops.expand_dims(found, -1)
    return pad_rows(boxes, count), pad_rows(gather(scores, first) * found, count)


def propose_regions(
    logits: Tensor,
    shifts: Tensor,
    anchors: Tensor,
    size: int,
    candidates: int,
    max_iou: float,
    count: int,
) -> Tensor:
    """Return the region proposals (batch, count, 4) of a tile of ``size`` pixels a side.

    Logits (batch, anchors, 2) and shifts (batch, anchors, 4) come from the region proposal
    network. No gradient flows through proposals.
    """
    scores = ops.stop_gradient(ops.softmax(logits)[..., 1])
    _, best = ops.top_k(ops.where(ops.isfinite(scores), scores, 0.0), candidates)
    anchors = ops.take(anchors, best, axis=0)
    boxes = decode_boxes(gather(ops.stop_gradient(shifts), best), anchors, size)
    boxes, _ = select_boxes(boxes, gather(scores, best), 0.0, max_iou, count)
    return boxes


def _mark_usable(boxes: Tensor, scores: Tensor, min_score: float) -> tuple[Tensor, Tensor, Tensor]:
    # Numbers that are not finite would end up as indices and crash far from their cause.
    finite = ops.logical_and(ops.all(ops.isfinite(boxes), axis=-1), ops.isfinite(scores))
    boxes = ops.where(ops.expand_dims(finite, -1), boxes, 0.0)
    scores = ops.where(finite, scores, 0.0)
    usable = ops.logical_and(scores >= min_score, areas(boxes) > 0)
    return boxes, scores, usable
