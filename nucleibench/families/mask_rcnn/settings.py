"""What can be chosen about a Mask R-CNN."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from nucleibench.families.interface import Network, Problem
from nucleibench.families.mask_rcnn.constants import MAX_BLOCKS, STRIDES
from nucleibench.prepare.settings import Overlap
from nucleibench.settings import Count, Fraction, Settings
from nucleibench.training.settings import TrainingSettings

Blocks = Annotated[int, Field(ge=1, le=MAX_BLOCKS)]
Positive = Annotated[float, Field(gt=0)]
AnchorSizes = Annotated[
    tuple[Positive, ...], Field(min_length=len(STRIDES), max_length=len(STRIDES))
]


class NetworkSize(Settings):
    """Size of the network and of its lists of regions."""

    blocks: Annotated[tuple[Blocks, ...], Field(min_length=4, max_length=4)] = (3, 4, 23, 3)
    """Residual blocks of the four stages. The default is ResNet-101. COCO weights need the default,
    here and in the two settings that follow."""
    pyramid_channels: Count = 256
    """Channels of each level of the feature pyramid."""
    head_units: Count = 1024
    """Units of the class and box head."""
    anchor_sizes: AnchorSizes = (8.0, 16.0, 32.0, 64.0, 128.0)
    """Side of the anchors in pixels, one for each level of the pyramid."""
    train_batch_norm: bool = False
    """Train batch normalisation too. False freezes its statistics, scales and offsets."""
    candidates: Count = 2000
    """Anchors of a tile with the best scores, among which non-maximum suppression chooses."""
    proposals: Count = 512
    """Regions of a tile that non-maximum suppression leaves at most."""
    proposal_iou: Fraction = 0.7
    """Of two proposals that overlap by a larger IoU, the one with the better score stays."""
    zoom: Count = 1
    """Enlarges tiles so many times inside the network. Small nuclei span few cells of its maps."""


class Sampling(Settings):
    """How much of a tile is trained on."""

    max_nuclei: Count = 200
    """Nuclei of a tile. Where there are more, a random sample is trained on."""
    anchors: Annotated[int, Field(ge=2)] = 256
    """Anchors in the losses of the region proposal network, at most half of them nuclei."""
    regions: Count = 128
    """Regions in the losses of the heads."""
    positive_share: Annotated[float, Field(gt=0, le=1)] = 0.33
    """Largest share of these regions that are nuclei."""

    @property
    def positives(self) -> int:
        """Largest number of regions that are trained as nuclei."""
        return max(1, round(self.regions * self.positive_share))


class Descent(Settings):
    """Gradient descent with momentum, as in the paper of Mask R-CNN."""

    drop_epochs: tuple[Count, ...] = ()
    """Epochs after which the learning rate falls to a tenth."""
    momentum: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """Share of the last step that is added to the next."""
    weight_decay: Annotated[float, Field(ge=0)] = 0.0001
    """Decay of weights, but not of biases and batch normalisation."""
    clip_norm: Positive = 5.0
    """Largest norm of all gradients together."""
    rotate_flip: bool = True
    """Turn training tiles by multiples of 90 degrees, and mirror, drawn anew in every epoch."""


class Detection(Settings):
    """How nuclei are detected, before validation images choose among the detections."""

    overlap: Overlap = 0.5
    """Overlap of test tiles, as a fraction of a tile. Nuclei larger than the overlap may be cut,
    with a warning."""
    max_per_tile: Count = 300
    """Largest number of detections in a tile."""
    min_score: Fraction = 0.1
    """Detections with a lower score are dropped."""
    max_iou: Fraction = 0.5
    """Of two detections in a tile that overlap by a larger IoU, the one with the better score
    stays."""


class MaskRCNNNetwork(Network):
    """A Mask R-CNN (He et al. 2017)."""

    coco_weights: bool = False
    """Start from weights trained on COCO. False starts from random ones."""
    size: NetworkSize = NetworkSize()
    """Size of the network and of its lists of regions."""
    sampling: Sampling = Sampling()
    """How much of a tile is trained on."""
    descent: Descent = Descent()
    """Gradient descent with momentum."""
    detection: Detection = Detection()
    """How nuclei are detected."""

    tiles: ClassVar[Literal["plain", "augmented"]] = "plain"
    predictions: ClassVar[Literal["probabilities", "detections"]] = "detections"

    def first_weights(self) -> str | None:
        """See Network."""
        return "coco_weights/mask_rcnn_coco.h5" if self.coco_weights else None

    def deciding_weights(self) -> dict[str, Any]:
        """See Network."""
        return self.plain("seeds", "training", "detection")

    def deciding_predictions(self) -> dict[str, Any]:
        """See Network."""
        return {key: self.plain()[key] for key in ("family", "size", "detection")}

    def check(
        self, networks: Mapping[str, Network], training: TrainingSettings
    ) -> Iterator[Problem]:
        """See Network."""
        if training.schedule != "constant":
            yield (
                "training.schedule",
                "Mask R-CNN takes constant alone; its learning rate falls after"
                " descent.drop_epochs",
            )
