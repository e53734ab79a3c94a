"""Plan a batch of images before any of them is segmented."""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from nucleibench import __version__
from nucleibench.families.unet.release import Release, read_release
from nucleibench.slides.inputs import SUFFIXES, UNREAD, find_inputs
from nucleibench.slides.options import Options
from nucleibench.slides.outputs import OutputPlan, check_kinds, check_space, plan_outputs
from nucleibench.slides.record import Record, fingerprint, read_state
from nucleibench.slides.resuming import is_finished, keep_earlier

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


# Where the results of an image go, and what is known of the run beforehand.
Begun = tuple[OutputPlan, Record]


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

    def begin(self) -> list[Begun]:
        """Return the plan of each image, with what is known of the run beforehand."""
        release, settings = self.release, self.options.deciding()
        members = [member.file.name for member in release.members]
        network = {"name": release.folder.name, "files": members, "sha256": release.sha256}
        together = self.plans if self.options.one_slide else ()
        fields = [read_state(plan.image) for plan in together]
        return [
            (
                plan,
                Record(
                    image=plan.image.name,
                    fingerprint=fingerprint(
                        plan.image, settings, release.sha256, __version__, fields
                    ),
                    outputs=plan.kinds,
                    version=__version__,
                    network=network,
                    settings=settings,
                    path=os.path.realpath(plan.image),
                ),
            )
            for plan in self.plans
        ]

    def leave_finished(self, begun: Sequence[Begun]) -> list[Begun]:
        """Return those that are to be done."""
        return [
            (plan, record)
            for plan, record in begun
            if self.overwrite or not is_finished(plan, record.fingerprint)
        ]


def plan_batch(
    places: Sequence[Path],
    output: Path,
    kinds: Collection[str],
    release: Release,
    options: Options,
    overwrite: bool = False,
    accelerators: int = 0,
    tell: Callable[[str], None] = lambda line: None,
) -> Batch:
    """Find the images and check that their results can be written; tell what is left out.

    What earlier runs wrote with the same settings is written again with what is asked for.

    Raises:
        DataError: a place does not exist, or holds no image.
        ConfigurationError: the results cannot be written as asked.
    """
    inputs = find_inputs(places, SUFFIXES + UNREAD, output, tell)
    faults = [(given, given.fault()) for given in inputs]
    plans = plan_outputs([given for given, fault in faults if not fault], output, kinds)
    refused = [(given.path, fault) for given, fault in faults if fault]
    batch = Batch(plans, release, options, output, overwrite, accelerators, refused)
    kept = [keep_earlier(plan, record.fingerprint) for plan, record in batch.begin()]
    batch = replace(batch, plans=kept)
    left = [plan for plan, _ in batch.leave_finished(batch.begin())]
    check_kinds({kind for plan in left for kind in plan.kinds})
    check_space(left, output)
    return batch
