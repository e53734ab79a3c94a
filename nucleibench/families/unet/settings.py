"""What can be chosen about a U-Net."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from nucleibench.families.interface import Colors, Network, Problem
from nucleibench.families.unet.encoders import ENCODERS
from nucleibench.families.unet.pretrained import published_weights
from nucleibench.prepare.settings import Variation
from nucleibench.prepare.targets import TARGETS
from nucleibench.settings import OneOf
from nucleibench.training.settings import TrainingSettings


class UNet(Network):
    """A U-Net with any encoder."""

    encoder: Annotated[str, OneOf(ENCODERS)]
    """The contracting half of the network: one of the paper's eight, or one for ordinary
    processors: `compact`, small and plain, or `efficientnet_lite0`, which has ImageNet weights."""
    encoder_weights: Literal["imagenet"] | None = None
    """Pretrained weights of the encoder. Null starts from random ones."""
    freeze_encoder: bool = False
    """Train the decoder only."""
    target: Annotated[str, OneOf(TARGETS)] = "nucleus"
    """What the network learns of each pixel. `nucleus` is the paper's. `boundary` makes the borders
    of nuclei a class of their own. `distance` adds a map of the distance to the border,
    `horizontal_vertical` two maps of a pixel's place in its nucleus."""
    colors: Colors = "normalized"
    """What the network sees, in training and ever after: images in the colours of the reference,
    or as they are (`original`). Those of the two kinds err differently, so that the mean of their
    maps holds better on stains that neither saw."""
    variation: Variation = Variation()
    """Changes of training tiles that are drawn anew in every epoch."""
    release: str | None = None
    """Folder of trained networks, relative to the Snakefile. Nothing is trained then. A row of all
    networks of a release that has its separation takes the setting that was chosen for it."""

    def first_weights(self) -> str | None:
        """See Network."""
        if not self.encoder_weights:
            return None
        return f"encoder_weights/{published_weights(self.encoder).file}"

    def sees(self) -> Colors:
        """See Network."""
        return self.colors

    def installed(self) -> str | None:
        """See Network."""
        return self.release

    def deciding_weights(self) -> dict[str, Any]:
        """See Network."""
        return self.plain("seeds", "training", "release")

    def deciding_predictions(self) -> dict[str, Any]:
        """See Network."""
        return {key: self.plain()[key] for key in ("family", "encoder", "target", "colors")}

    def check(
        self, networks: Mapping[str, Network], training: TrainingSettings
    ) -> Iterator[Problem]:
        """See Network."""
        if self.encoder == "compact" and (self.encoder_weights or self.freeze_encoder):
            yield "encoder", "compact has no pretrained weights and none to freeze"
        if self.release and (self.training.model_fields_set or self.seeds):
            key = "training" if self.training.model_fields_set else "seeds"
            yield (
                key,
                f"this network is not trained: it is the release {self.release}; remove {key}",
            )
