"""Mask R-CNN, and the rows from its detections."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from nucleibench.families.interface import Family, Method, Network, Problem, Seed
from nucleibench.families.mask_rcnn.settings import Detection, MaskRCNNNetwork
from nucleibench.settings import Fraction

Fractions = Annotated[tuple[Fraction, ...], Field(min_length=1)]


class MaskRCNNMethod(Method):
    """A row from the detections of a Mask R-CNN."""

    network: str
    """Name of the network, in `networks`."""
    seeds: tuple[Seed, ...] = ()
    """Trainings to use. Left out, all of the network are."""
    scores: Fractions = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    """Lowest scores of a nucleus, of which validation images choose one."""
    max_ious: Fractions = (0.1, 0.2, 0.35, 0.5)
    """Largest IoUs of two nuclei, of which validation images choose one. Of two nuclei that overlap
    more, the one with the better score stays."""

    def uses(self) -> tuple[str, ...]:
        """See Method."""
        return (self.network,)

    def uses_seeds(self) -> tuple[int, ...]:
        """See Method."""
        return self.seeds

    def deciding_labels(self) -> dict[str, Any]:
        """See Method."""
        return {key: self.plain()[key] for key in ("network", "scores", "max_ious")}

    def check(self, networks: Mapping[str, Network]) -> Iterator[Problem]:
        """See Method."""
        network = networks[self.network]
        if isinstance(network, MaskRCNNNetwork):
            yield from self._check_candidates(network.detection)
        else:
            yield "network", f"{self.network} is not a network of the family mask_rcnn"

    def _check_candidates(self, detection: Detection) -> Iterator[Problem]:
        """Yield candidates beyond what the detection keeps."""
        if (lowest := min(self.scores)) < detection.min_score:
            yield (
                "scores",
                f"{lowest} is less than detection.min_score ({detection.min_score}),"
                " below which nothing is kept to choose from",
            )
        if (highest := max(self.max_ious)) > detection.max_iou:
            yield (
                "max_ious",
                f"{highest} is more than detection.max_iou ({detection.max_iou}),"
                " above which nothing is kept to choose from",
            )


FAMILY = Family("nucleibench.families.mask_rcnn", method=MaskRCNNMethod, network=MaskRCNNNetwork)
