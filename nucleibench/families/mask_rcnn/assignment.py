"""Assignment of nuclei to anchors and regions, and the sample that is trained on, in the graph.

Annotated boxes (batch, max_nuclei, 4) are padded with zeros, samples with rows of weight zero, so
that shapes never change; a tile without nuclei gives weights of zero and no NaN.
"""

from typing import NamedTuple, TypeAlias

from keras import KerasTensor, ops, random

from nucleibench.families.mask_rcnn.align import interpolation_weights
from nucleibench.families.mask_rcnn.boxes import areas, encode_boxes, gather, pad_rows, pairwise_iou
from nucleibench.families.mask_rcnn.constants import MASK_SIZE
from nucleibench.families.mask_rcnn.settings import Sampling

Tensor: TypeAlias = KerasTensor
Seed: TypeAlias = int | random.SeedGenerator

# Anchors: Ren et al. 2015, section 3.1.2. Regions: He et al. 2017, section 3.1.
POSITIVE_ANCHOR_IOU, NEGATIVE_ANCHOR_IOU = 0.7, 0.3
POSITIVE_REGION_IOU = 0.5


class Sample(NamedTuple):
    """Rows picked from a longer list: first the positives, then the negatives."""

    indices: Tensor  # int32 (batch, positives + negatives)
    is_positive: Tensor  # float32, 1 for a positive
    weight: Tensor  # float32, 0 where there were too few to pick from


class AnchorAssignment(NamedTuple):
    """Sampled anchors, and the shifts from them to the nuclei assigned to them."""

    sample: Sample
    shifts: Tensor  # (batch, rows, 4), meaningful for positives


class RegionAssignment(NamedTuple):
    """Sampled regions and the nuclei assigned to them; only positives have shifts and masks."""

    regions: Tensor  # (batch, rows, 4)
    is_nucleus: Tensor  # float32 (batch, rows)
    weight: Tensor  # float32 (batch, rows)
    shifts: Tensor  # (batch, positives, 4)
    masks: Tensor  # float32 0 or 1 (batch, positives, 28, 28)


def draw_sample(
    positive: Tensor, negative: Tensor, positives: int, negatives: int, seed: Seed
) -> Sample:
    """Pick up to so many ``positives`` and ``negatives`` at random from masks (batch, N)."""
    priority = random.uniform(ops.shape(positive), seed=seed)
    good, good_indices = _draw(positive, priority, positives)
    bad, bad_indices = _draw(negative, priority, negatives)
    return Sample(
        ops.concatenate([good_indices, bad_indices], axis=1),
        ops.concatenate([good, ops.zeros_like(bad)], axis=1),
        ops.concatenate([good, bad], axis=1),
    )


def _draw(mask: Tensor, priority: Tensor, count: int) -> tuple[Tensor, Tensor]:
    rank, indices = ops.top_k(ops.where(mask, 1.0 + priority, 0.0), min(count, mask.shape[1]))
    return pad_rows(ops.cast(rank > 0, "float32"), count), pad_rows(indices, count)


def assign_anchors(anchors: Tensor, truth: Tensor, count: int, seed: Seed) -> AnchorAssignment:
    """Sample ``count`` anchors (N, 4), half of them positive at most, against annotated boxes.

    Positive is an anchor that overlaps a nucleus by an IoU of 0.7 or more, and each nucleus' best
    one; negative is one that overlaps none by 0.3.
    """
    overlaps = pairwise_iou(ops.expand_dims(anchors, 0), truth)
    best = ops.max(overlaps, axis=2)
    best_of_nucleus = ops.max(overlaps, axis=1, keepdims=True)
    is_best = ops.logical_and(overlaps >= best_of_nucleus, best_of_nucleus > 0)
    positive = ops.logical_or(best >= POSITIVE_ANCHOR_IOU, ops.any(is_best, axis=2))
    negative = ops.logical_and(best < NEGATIVE_ANCHOR_IOU, ops.logical_not(positive))
    sample = draw_sample(positive, negative, count // 2, count - count // 2, seed)
    nuclei = gather(truth, gather(ops.argmax(overlaps, axis=2), sample.indices))
    return AnchorAssignment(sample, encode_boxes(nuclei, ops.take(anchors, sample.indices, axis=0)))


def assign_regions(
    proposals: Tensor, truth: Tensor, labels: Tensor, sampling: Sampling, seed: Seed
) -> RegionAssignment:
    """Sample regions of which some are nuclei.

    The annotated boxes are added to the proposals, so that the heads see nuclei before the
    proposals find any. A region is a nucleus where their IoU is 0.5 or more.

    Args:
        proposals: (batch, N, 4).
        truth: annotated boxes (batch, max_nuclei, 4).
        labels: (batch, size, size); row i of ``truth`` has the label i + 1.
        sampling: how many regions, and how many nuclei among them.
        seed: of the sample.
    """
    positives = sampling.positives
    regions = ops.concatenate([proposals, truth], axis=1)
    overlaps = pairwise_iou(regions, truth)
    positive = ops.max(overlaps, axis=2) >= POSITIVE_REGION_IOU
    negative = ops.logical_and(areas(regions) > 0, ops.logical_not(positive))
    sample = draw_sample(positive, negative, positives, sampling.regions - positives, seed)
    nucleus = gather(ops.argmax(overlaps, axis=2), sample.indices[:, :positives])
    regions = gather(regions, sample.indices)
    likely = regions[:, :positives]
    return RegionAssignment(
        regions,
        sample.is_positive,
        sample.weight,
        encode_boxes(gather(truth, nucleus), likely),
        crop_masks(labels, likely, nucleus + 1),
    )


def crop_masks(labels: Tensor, regions: Tensor, wanted: Tensor) -> Tensor:
    """Return the mask 0/1 (batch, R, 28, 28) of the label ``wanted`` (batch, R) in each region."""
    mask = ops.equal(ops.expand_dims(labels, 1), ops.cast(wanted[..., None, None], labels.dtype))
    height, width = labels.shape[1:3]
    rows = interpolation_weights(regions[..., 0], regions[..., 2], MASK_SIZE, height, 1)
    columns = interpolation_weights(regions[..., 1], regions[..., 3], MASK_SIZE, width, 1)
    bands = ops.matmul(rows, ops.cast(mask, "float32"))
    covered = ops.matmul(bands, ops.transpose(columns, (0, 1, 3, 2)))
    return ops.cast(covered >= 0.5, "float32")
