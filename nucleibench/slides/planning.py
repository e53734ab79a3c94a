"""Plan a batch of images before any of them is segmented."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from nucleibench.families.unet.release import Release, read_release
from nucleibench.slides.inputs import SUFFIXES, UNREAD, find_inputs
from nucleibench.slides.options import Options
from nucleibench.slides.outputs import OutputPlan, plan_outputs

SHIPPED = Path(str(files("nucleibench"))) / "pretrained" / "compact_unet"
"""The trained network that comes with the library."""


def find_release(model: str | Path | None = None, members: Sequence[int] | None = None) -> Release:
    """Read trained networks from their folder, by default the shipped ones.

    Args:
        model: the folder.
        members: numbers, from 1, of the networks to take; None takes all.

    Raises:
        DataError: it is no release, or damaged.
        ConfigurationError: it has no such member.
    """
    return read_release(SHIPPED if model is None else model).take(members)


@dataclass(frozen=True)
class Batch:
    """Images to segment, all checked before any work.

    Attributes:
        plans: where the results of each image go.
        release: the network.
        options: of the segmentation.
        overwrite: do again what is finished.
        accelerators: how many compute the network; 0 = processors do.
        folder: the output folder.
        refused: images that cannot be segmented, with the reason in words.
    """

    plans: Sequence[OutputPlan]
    release: Release
    options: Options
    folder: Path
    overwrite: bool = False
    accelerators: int = 0
    refused: Sequence[tuple[Path, str]] = ()


def plan_batch(
    places: Sequence[Path],
    output: Path,
    kinds: Collection[str],
    release: Release,
    options: Options,
    overwrite: bool = False,
    accelerators: int = 0,
) -> Batch:
    """Find the images and check that their results can be written.

    Raises:
        DataError: a place does not exist, or holds no image.
        ConfigurationError: the results cannot be written as asked.
    """
    inputs = find_inputs(places, SUFFIXES + UNREAD, output)
    faults = [(given, given.fault()) for given in inputs]
    plans = plan_outputs([given for given, fault in faults if not fault], output, kinds)
    refused = [(given.path, fault) for given, fault in faults if fault]
    return Batch(plans, release, options, output, overwrite, accelerators, refused)
