"""The whole network, and what it is used for after training."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

from nucleibench.models.mask_rcnn.align import align_pyramid
from nucleibench.models.mask_rcnn.anchors import make_anchors
from nucleibench.models.mask_rcnn.backbone import build_backbone
from nucleibench.models.mask_rcnn.boxes import areas, decode_boxes
from nucleibench.models.mask_rcnn.heads import (
    build_box_head,
    build_mask_head,
    build_region_proposal_head,
)
from nucleibench.models.mask_rcnn.selection import propose_regions, select_boxes
from nucleibench.models.mask_rcnn.settings import (
    BOX_BINS,
    MASK_BINS,
    MaskRCNNSettings,
    check_tile_size,
)

Tensor = KerasTensor
NUCLEUS = 1  # index of the class; 0 is background


class MaskRCNN(keras.Model):
    """Backbone and heads, with the wiring between them.

    A call computes what depends on the image alone. The heads work on regions, which training
    samples around annotated nuclei and detection takes from the proposals.
    """

    def __init__(self, settings: MaskRCNNSettings, tile_size: int) -> None:
        # Float32 for the wiring: boxes must not be rounded to half precision on their way in.
        super().__init__(name="mask_rcnn", dtype="float32")
        check_tile_size(tile_size, settings.zoom)
        self.settings, self.tile_size, self.zoom = settings, tile_size, settings.zoom
        self.anchors = make_anchors(tile_size, settings.anchor_sizes, settings.zoom)
        channels = settings.pyramid_channels
        self.backbone = build_backbone(settings.blocks, channels, settings.zoom)
        self.rpn = build_region_proposal_head(channels)
        self.box_head = build_box_head(channels, settings.head_units)
        self.mask_head = build_mask_head(channels)
        self.built = True
        for layer in named_layers(self).values():
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = settings.train_batch_norm

    def call(self, images: Tensor, training: bool = False) -> dict[str, Any]:
        """Return the pyramid P2..P5 and, for every anchor, logits and shifts.

        Args:
            images: RGB uint8 (batch, tile_size, tile_size, 3).
            training: whether batch normalisation that is not frozen uses the batch's statistics.
        """
        maps = self.backbone(images, training=training)
        scored = [self.rpn(features) for features in maps]
        logits, shifts = (ops.concatenate(parts, axis=1) for parts in zip(*scored, strict=True))
        return {"pyramid": maps[:-1], "logits": logits, "shifts": shifts}

    def propose(self, logits: Tensor, shifts: Tensor) -> Tensor:
        """Return region proposals (batch, proposals, 4), best first, without gradient."""
        chosen = self.settings
        return propose_regions(
            logits,
            shifts,
            ops.convert_to_tensor(self.anchors),
            self.tile_size,
            min(chosen.candidates, len(self.anchors)),
            chosen.proposal_iou,
            chosen.proposals,
        )

    def classify(
        self, pyramid: Sequence[Tensor], regions: Tensor, training: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Return class logits (batch, regions, 2) and the nucleus' shifts (batch, regions, 4)."""
        crops = _as_batch(align_pyramid(pyramid, regions * self.zoom, BOX_BINS))
        logits, shifts = self.box_head(crops, training=training)
        count = regions.shape[1]
        return _as_regions(logits, count), _as_regions(shifts[:, NUCLEUS], count)

    def outline(self, pyramid: Sequence[Tensor], regions: Tensor, training: bool = False) -> Tensor:
        """Return the nucleus' mask logits (batch, regions, 28, 28)."""
        crops = _as_batch(align_pyramid(pyramid, regions * self.zoom, MASK_BINS))
        logits = self.mask_head(crops, training=training)
        return _as_regions(logits[..., NUCLEUS], regions.shape[1])


class Detector(keras.Model):
    """Tiles -> scored boxes of nuclei, and the pyramid that :class:`Outliner` needs."""

    def __init__(self, network: MaskRCNN, count: int, min_score: float, max_iou: float) -> None:
        super().__init__(name="detector", dtype="float32")
        self.network, self.count = network, count
        self.min_score, self.max_iou = min_score, max_iou
        self.built = True

    def call(self, images: Tensor) -> dict[str, Any]:
        """Return boxes (batch, count, 4), scores (batch, count), best first, and the pyramid."""
        found = self.network(images)
        regions = self.network.propose(found["logits"], found["shifts"])
        logits, shifts = self.network.classify(found["pyramid"], regions)
        scores = ops.softmax(logits)[..., NUCLEUS] * ops.cast(areas(regions) > 0, "float32")
        boxes = decode_boxes(shifts, regions, self.network.tile_size)
        boxes, scores = select_boxes(boxes, scores, self.min_score, self.max_iou, self.count)
        return {"boxes": boxes, "scores": scores, "pyramid": found["pyramid"]}


class Outliner(keras.Model):
    """Boxes and their tile's pyramid -> nucleus probability inside each box."""

    def __init__(self, network: MaskRCNN) -> None:
        super().__init__(name="outliner", dtype="float32")
        self.network = network
        self.built = True

    def call(self, inputs: dict[str, Any]) -> Tensor:
        """Return probabilities (batch, boxes, 28, 28) of ``boxes`` in ``pyramid``."""
        return ops.sigmoid(self.network.outline(inputs["pyramid"], inputs["boxes"]))


def named_layers(network: MaskRCNN) -> dict[str, keras.Layer]:
    """Return the layers with weights by name, in the order of the network."""
    parts = (network.backbone, network.rpn, network.box_head, network.mask_head)
    return {layer.name: layer for part in parts for layer in part.layers if layer.weights}


def _as_batch(crops: Tensor) -> Tensor:
    return ops.reshape(crops, (-1, *crops.shape[2:]))


def _as_regions(rows: Tensor, count: int) -> Tensor:
    return ops.reshape(rows, (-1, count, *rows.shape[1:]))
