"""What can be chosen about GB U-Net."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from nucleibench.families.interface import Network, Problem
from nucleibench.families.unet.settings import UNet
from nucleibench.prepare.targets import TARGETS
from nucleibench.settings import Count, OneOf
from nucleibench.training.settings import TrainingSettings


class GBUNet(Network):
    """GB U-Net (Lagree et al. 2021): a second network on the image and the maps of others."""

    stage_one: Annotated[tuple[str, ...], Field(min_length=1)]
    """U-Nets whose maps from before the softmax are inputs beside the image. Of each, the training
    from its first seed is taken."""
    filters: Annotated[tuple[Count, ...], Field(min_length=2)] = (32, 64, 128, 256, 512)
    """Width of each level of the second network, finest first."""
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.1
    """After each level of its encoder."""
    target: Annotated[str, OneOf(TARGETS)] = "nucleus"
    """What the network learns of each pixel; see the family `unet`."""

    def first_stage(self) -> tuple[str, ...]:
        """See Network."""
        return self.stage_one

    def check(
        self, networks: Mapping[str, Network], training: TrainingSettings
    ) -> Iterator[Problem]:
        """See Network."""
        for name in self.stage_one:
            network = networks.get(name)
            if network and not (isinstance(network, UNet) and network.target == "nucleus"):
                yield "stage_one", f"{name} is not a network of the family unet with target nucleus"
            elif network and network.sees() != self.sees():
                yield "stage_one", f"{name} sees original colors, and this network normalized ones"
