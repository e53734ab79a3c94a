"""The whole network, and what it is used for after training."""

from collections.abc import Sequence
from typing import TypeAlias, TypedDict

import keras
import numpy as np
from keras import KerasTensor, ops

from nucleibench.errors import ConfigurationError
from nucleibench.families.mask_rcnn.align import align_pyramid
from nucleibench.families.mask_rcnn.anchors import make_anchors
from nucleibench.families.mask_rcnn.backbone import build_backbone
from nucleibench.families.mask_rcnn.boxes import areas, decode_boxes
from nucleibench.families.mask_rcnn.constants import BOX_BINS, MASK_BINS, STRIDES
from nucleibench.families.mask_rcnn.heads import (
    build_box_head,
    build_mask_head,
    build_region_proposal_head,
)
from nucleibench.families.mask_rcnn.selection import propose_regions, select_boxes
from nucleibench.families.mask_rcnn.settings import NetworkSize

Tensor: TypeAlias = KerasTensor
Array: TypeAlias = KerasTensor | np.ndarray  # NumPy's where a model predicts
NUCLEUS = 1  # index of the class; 0 is background


class Features(TypedDict):
    """What depends on the image alone."""

    pyramid: list[Tensor]  # P2..P5, (batch, cells, cells, channels)
    logits: Tensor  # float32 (batch, anchors, 2)
    shifts: Tensor  # float32 (batch, anchors, 4)


class BoxesInTiles(TypedDict):
    """Boxes and the pyramids of their tiles."""

    boxes: Array  # float32 (batch, boxes, 4)
    pyramid: list[Array]  # P2..P5, (batch, cells, cells, channels)


class TileDetections(BoxesInTiles):
    """Boxes of nuclei with scores, best first; padded with zeros."""

    scores: Array  # float32 (batch, boxes)


class MaskRCNN(keras.Model):
    """Backbone and heads, with the wiring between them.

    A call computes what depends on the image alone. The heads work on regions, which training
    samples around annotated nuclei and detection takes from the proposals.
    """

    def __init__(self, size: NetworkSize, tile_size: int) -> None:
        """Build the network with random weights for square tiles of ``tile_size`` pixels a side.

        Raises:
            ConfigurationError: the pyramid does not divide the enlarged tile evenly.
        """
        # Float32 for the wiring: boxes must not be rounded to half precision on their way in.
        super().__init__(name="mask_rcnn", dtype="float32")
        _check_tile_size(tile_size, size.zoom)
        self.size, self.tile_size, self.zoom = size, tile_size, size.zoom
        self.anchors = make_anchors(tile_size, size.anchor_sizes, size.zoom)
        channels = size.pyramid_channels
        self.backbone = build_backbone(size.blocks, channels, size.zoom)
        self.rpn = build_region_proposal_head(channels)
        self.box_head = build_box_head(channels, size.head_units)
        self.mask_head = build_mask_head(channels)
        self.built = True
        for layer in named_layers(self).values():
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = size.train_batch_norm

    def call(self, images: Tensor, training: bool = False) -> Features:
        """Return the pyramid and, for every anchor, logits and shifts.

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
        return propose_regions(
            logits,
            shifts,
            ops.convert_to_tensor(self.anchors),
            self.tile_size,
            min(self.size.candidates, len(self.anchors)),
            self.size.proposal_iou,
            self.size.proposals,
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
        """Take a network, and see :func:`select_boxes` for the other arguments."""
        super().__init__(name="detector", dtype="float32")
        self.network, self.count = network, count
        self.min_score, self.max_iou = min_score, max_iou
        self.built = True

    def call(self, images: Tensor) -> TileDetections:
        """Return ``count`` boxes in each of the tiles, RGB uint8 (batch, size, size, 3)."""
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

    def call(self, inputs: BoxesInTiles) -> Tensor:
        """Return probabilities float32 (batch, boxes, 28, 28)."""
        return ops.sigmoid(self.network.outline(inputs["pyramid"], inputs["boxes"]))


def named_layers(network: MaskRCNN) -> dict[str, keras.Layer]:
    """Return the layers with weights by name, in the order of the network."""
    parts = (network.backbone, network.rpn, network.box_head, network.mask_head)
    return {layer.name: layer for part in parts for layer in part.layers if layer.weights}


def _as_batch(crops: Tensor) -> Tensor:
    return ops.reshape(crops, (-1, *crops.shape[2:]))


def _as_regions(rows: Tensor, count: int) -> Tensor:
    return ops.reshape(rows, (-1, count, *rows.shape[1:]))


def _check_tile_size(tile_size: int, zoom: int) -> None:
    if tile_size * zoom % STRIDES[-1]:
        raise ConfigurationError(
            f"mask_rcnn: the tile size times zoom must be a multiple of {STRIDES[-1]} px, "
            f"not {tile_size} x {zoom}"
        )
