"""What can be chosen about a Mask R-CNN; the values live in the configuration."""

from dataclasses import dataclass

from nucleibench.errors import ConfigurationError

STRIDES = (4, 8, 16, 32, 64)  # pixels per cell of the pyramid levels P2..P6
RATIOS = (0.5, 1.0, 2.0)  # width / height of the anchors at each cell
BOX_BINS = 7  # cells per side of what the class and box head sees
MASK_BINS = 14  # the same of the mask head, which doubles it
MASK_SIZE = 28  # cells per side of a predicted mask
CLASSES = 2  # background, nucleus
MAX_BLOCKS = 26  # blocks are named by letters


@dataclass(frozen=True)
class MaskRCNNSettings:
    """Size of the network and of its lists of regions.

    ``blocks`` (3, 4, 23, 3), ``pyramid_channels`` 256 and ``head_units`` 1024 make the network
    that the COCO weights fit; smaller numbers make a smaller one.
    """

    blocks: tuple[int, int, int, int]  # residual blocks of the four stages
    pyramid_channels: int
    head_units: int
    anchor_sizes: tuple[float, float, float, float, float]  # pixels, one a level, P2..P6
    train_batch_norm: bool  # False freezes statistics, scale and offset
    candidates: int  # best-scored anchors per tile that non-maximum suppression sees
    proposals: int  # regions per tile that it leaves
    proposal_iou: float  # of two proposals overlapping more, the better stays
    zoom: int = 1  # enlarges tiles inside the network: nuclei of 10 px span 2.5 cells of P2

    def __post_init__(self) -> None:
        for name in ("blocks", "anchor_sizes"):  # lists, out of a configuration
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if len(self.blocks) != 4 or not all(1 <= count <= MAX_BLOCKS for count in self.blocks):
            raise ConfigurationError(
                f"mask_rcnn: blocks must be four numbers of 1 to {MAX_BLOCKS}, not {self.blocks}"
            )
        if len(self.anchor_sizes) != len(STRIDES):
            raise ConfigurationError(
                f"mask_rcnn: anchor_sizes must be {len(STRIDES)} numbers, not {self.anchor_sizes}"
            )


def check_tile_size(size: int, zoom: int) -> None:
    """Raise ConfigurationError where the pyramid does not divide the enlarged tile evenly."""
    if size * zoom % STRIDES[-1]:
        raise ConfigurationError(
            f"mask_rcnn: the tile size times zoom must be a multiple of {STRIDES[-1]} px, "
            f"not {size} x {zoom}"
        )
