"""Which files are written of each image, and that nothing stands in their way.

All is checked before any work begins. Nothing that was given is ever written to, and no file is
replaced that NucleiBench has not written.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nucleibench.errors import ConfigurationError
from nucleibench.slides.inputs import Input
from nucleibench.slides.naming import fold, name_results
from nucleibench.slides.record import OUTPUTS, RECORD, Record, read_record
from nucleibench.slides.tables import check_summary, check_table_format

NUCLEI_SHARE = 2.0
"""Of the size of the image that nuclei need until all are found."""


@dataclass(frozen=True)
class OutputPlan:
    """Where the results of an image go.

    Attributes:
        image: the file that was given.
        folder: the output folder.
        name: path of the results below it, without suffix.
        kinds: names in OUTPUTS, the record with them.
    """

    image: Path
    folder: Path
    name: str
    kinds: tuple[str, ...]

    def path(self, kind: str) -> Path:
        """Return the path of a file."""
        return self.folder / f"{self.name}{OUTPUTS[kind].suffix}"

    @property
    def paths(self) -> dict[str, Path]:
        """Paths of all files to write, by kind."""
        return {kind: self.path(kind) for kind in self.kinds}


def plan_outputs(inputs: Sequence[Input], folder: Path, kinds: Collection[str]) -> list[OutputPlan]:
    """Plan the outputs of all images, and check that they can be written.

    Makes the output folder, and nothing else.

    Args:
        inputs: the images.
        folder: the output folder.
        kinds: names in OUTPUTS.

    Raises:
        ConfigurationError: two results would have one name; a result would replace an image, or a
            file that NucleiBench has not written; the folder cannot be written to, or has too
            little room.
    """
    for kind in kinds:
        _check_kind(kind)
    # The record comes last, for it says that all others are there.
    ordered = tuple(kind for kind in OUTPUTS if kind in kinds or kind == RECORD)
    names = name_results([given.below for given in inputs])
    plans = [
        OutputPlan(given.path, folder, name, ordered)
        for given, name in zip(inputs, names, strict=True)
    ]
    check_nothing_is_lost(plans)
    check_summary(folder)
    _check_folder(folder)
    _check_space(plans, folder)
    return plans


def check_nothing_is_lost(plans: Sequence[OutputPlan]) -> None:
    """Check that results replace no image, no results of another image and nobody else's file.

    Raises:
        ConfigurationError: one would.
    """
    images = {key: plan.image for plan in plans for key in _identities(plan.image)}
    folders = {fold(parent) for plan in plans for parent in plan.path(RECORD).parents}
    for plan in plans:
        for path in plan.paths.values():
            if image := next((images[key] for key in _identities(path) if key in images), None):
                raise _standing_in_the_way(path, f"would replace the image {image}")
            if path.is_dir() or fold(path) in folders:
                raise _standing_in_the_way(path, "would be a file and a folder")
        _check_earlier(plan)


def _check_earlier(plan: OutputPlan) -> None:
    """Check that files which are replaced are earlier results of the same image."""
    earlier = earlier_record(plan)
    if earlier and earlier.image != plan.image.name:
        place = plan.path(RECORD)
        raise _standing_in_the_way(place, f"is of another image, {earlier.image}")
    for kind, path in plan.paths.items():
        if path.exists() and not (earlier and kind in earlier.outputs):
            raise _standing_in_the_way(
                path, "exists, and no record beside it says that NucleiBench wrote it"
            )


def _standing_in_the_way(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(f"{path} {what}; choose another output folder")


def earlier_record(plan: OutputPlan) -> Record | None:
    """Return the record of an earlier run, None where there is none.

    Raises:
        DataError: a file of its name is something else.
    """
    path = plan.path(RECORD)
    return read_record(path) if path.is_file() else None


def _check_kind(kind: str) -> None:
    if kind not in OUTPUTS:
        raise ConfigurationError(f"no output {kind!r}; choose of {', '.join(OUTPUTS)}")
    if kind in ("csv", "parquet"):
        check_table_format(OUTPUTS[kind].suffix)


def _check_folder(folder: Path) -> None:
    """Make the output folder, and check that a file can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written to ({error.strerror}); choose another output folder"
        ) from error


def _check_space(plans: Iterable[OutputPlan], folder: Path) -> None:
    """Check that there is about as much room as the results need."""
    needed = sum(
        plan.image.stat().st_size * (NUCLEI_SHARE + sum(OUTPUTS[kind].share for kind in plan.kinds))
        for plan in plans
    )
    if (free := shutil.disk_usage(folder).free) < needed:
        raise ConfigurationError(
            f"{folder} has {free / 1e6:,.1f} MB of room, but the results may need "
            f"{needed / 1e6:,.1f} MB; make room, ask for fewer outputs, or choose another folder"
        )


def _identities(path: Path) -> list[object]:
    """Return what a file is known by: its real path, and where it exists, the file itself."""
    known: list[object] = [fold(os.path.realpath(path))]
    if path.exists():
        state = path.stat()
        known.append((state.st_dev, state.st_ino))
    return known
