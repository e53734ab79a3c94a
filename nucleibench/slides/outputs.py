"""Which files are written of each image, and that nothing stands in their way.

All is checked before any work begins. Nothing that was given is ever written to, and no file is
replaced that NucleiBench has not written.
"""

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides.inputs import Input
from nucleibench.slides.naming import fold, name_results
from nucleibench.slides.record import OUTPUTS, RECORD, TABLES, Record, read_record
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

    def renamed(self) -> "OutputPlan":
        """Return the plan under the other name that the results can have.

        It is the name with the suffix of the image if this one is without it, and the reverse.
        Which of both is taken depends on the other images (see ``name_results``).
        """
        suffix = self.image.suffix
        whole = suffix and Path(self.name).name == self.image.name
        name = self.name.removesuffix(suffix) if whole else self.name + suffix
        return replace(self, name=name)


def plan_outputs(inputs: Sequence[Input], folder: Path, kinds: Collection[str]) -> list[OutputPlan]:
    """Plan the outputs of all images, and check that they can be written.

    Makes the output folder, and nothing else.

    Args:
        inputs: the images.
        folder: the output folder.
        kinds: names in OUTPUTS.

    Raises:
        ConfigurationError: two results would have one name; a result would replace an image,
            results of another image, or a file that NucleiBench has not written; the folder, or
            one in it, cannot be written to.
    """
    check_kinds(kinds)
    # The record comes last, for it says that all others are there.
    ordered = tuple(kind for kind in OUTPUTS if kind in kinds or kind == RECORD)
    names = name_results([given.below for given in inputs])
    plans = [
        OutputPlan(given.path, folder, name, ordered)
        for given, name in zip(inputs, names, strict=True)
    ]
    check_nothing_is_lost(plans)
    check_summary(folder)
    _check_folders(plans, folder)
    return plans


def check_nothing_is_lost(plans: Sequence[OutputPlan]) -> None:
    """Check that results replace no image, no results of another image and nobody else's file.

    Raises:
        ConfigurationError: one would.
    """
    images = {key: plan.image for plan in plans for key in _identities(plan.image)}
    folders = {fold(parent) for plan in plans for parent in plan.path(RECORD).parents}
    for plan in plans:
        for path in _list_changed(plan):
            if image := next((images[key] for key in _identities(path) if key in images), None):
                raise _standing_in_the_way(path, f"would replace the image {image}")
        for path in plan.paths.values():
            if path.is_dir() or fold(path) in folders:
                raise _standing_in_the_way(path, "would be a file and a folder")
        _check_earlier(plan)


def _list_changed(plan: OutputPlan) -> list[Path]:
    """Return all files that are written or removed."""
    earlier, former = earlier_record(plan), former_plan(plan)
    known = [kind for kind in (earlier.outputs if earlier else ()) if kind in OUTPUTS]
    removed = list(former.paths.values()) if former else []
    return [*plan.paths.values(), *map(plan.path, known), *removed]


def _check_earlier(plan: OutputPlan) -> None:
    """Check that files which are replaced are earlier results of the same image."""
    earlier = earlier_record(plan)
    if earlier and not _is_of(earlier, plan.image):
        other = earlier.path or earlier.image
        raise _standing_in_the_way(plan.path(RECORD), f"is of another image, {other}")
    for kind, path in plan.paths.items():
        if path.exists() and not (earlier and kind in earlier.outputs):
            raise _standing_in_the_way(
                path, "exists, and no record beside it says that NucleiBench wrote it"
            )


def _is_of(record: Record, image: Path) -> bool:
    """Tell whether a record is of an image, which may have been moved since."""
    moved = not record.path or not os.path.exists(record.path)
    return record.image == image.name and (moved or record.path == os.path.realpath(image))


def _standing_in_the_way(path: Path, what: str) -> ConfigurationError:
    return ConfigurationError(f"{path} {what}; choose another output folder")


def earlier_record(plan: OutputPlan) -> Record | None:
    """Return the record of an earlier run, None where there is none.

    Raises:
        DataError: a file of its name is something else.
    """
    path = plan.path(RECORD)
    return read_record(path) if path.is_file() else None


def former_plan(plan: OutputPlan) -> OutputPlan | None:
    """Return where earlier results of the same file lie under its other name, None if nowhere."""
    other = plan.renamed()
    try:
        earlier = earlier_record(other) if other != plan else None
    except DataError:  # not ours
        return None
    if earlier is None or earlier.path != os.path.realpath(plan.image):
        return None
    return replace(other, kinds=tuple(kind for kind in OUTPUTS if kind in earlier.outputs))


def check_kinds(kinds: Collection[str]) -> None:
    """Raise ConfigurationError where an output is unknown, or cannot be written here."""
    for kind in kinds:
        if kind not in OUTPUTS:
            raise ConfigurationError(f"no output {kind!r}; choose of {', '.join(OUTPUTS)}")
        if kind in TABLES:
            check_table_format(OUTPUTS[kind].suffix)


def _check_folders(plans: Iterable[OutputPlan], folder: Path) -> None:
    """Make the output folder; check that it and those in it that are there can be written to."""
    parents = {parent for plan in plans for parent in plan.path(RECORD).parents}
    below = [parent for parent in parents if folder in parent.parents and os.path.lexists(parent)]
    for place in [folder, *sorted(below)]:
        _check_folder(place)


def _check_folder(folder: Path) -> None:
    """Make a folder, and check that a file can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written to ({error.strerror}); choose another output folder"
        ) from error


def check_space(plans: Iterable[OutputPlan], folder: Path) -> None:
    """Check that there is about as much room as the results need.

    Raises:
        ConfigurationError: there is less.
    """
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
