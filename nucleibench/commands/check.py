"""``nucleibench check``: what is in a dataset, before it is used."""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nucleibench.errors import DataError, NucleiBenchError

if TYPE_CHECKING:
    from nucleibench.commands.named_dataset import NamedDataset

CONFIGURATIONS = (".yaml", ".yml")

DESCRIPTION = (
    "Read all images of a dataset and list what is there: images, nuclei, sizes, pixel sizes,"
    " organs, patients, and what is missing or odd. Exit status: 0 if it can be used, 1 if it"
    " or an image of it cannot be read, 2 for wrong use."
)


def add_check(parser: argparse.ArgumentParser) -> None:
    """Say what the command line of ``check`` has."""
    parser.description = DESCRIPTION
    parser.set_defaults(run=check)
    add = parser.add_argument
    add("dataset", type=Path, help="folder, archive, or configuration file (.yaml)")
    add("name", nargs="?", help="name of the dataset in the configuration file")
    add(
        "--format",
        help="monuseg, tnbc, consep or folder; default: found by the names of the files",
    )
    add("--pictures", type=Path, metavar="FOLDER", help="draw outlines on a few images there")


def check(chosen: argparse.Namespace) -> int:
    """Say what a dataset holds, on standard output.

    Returns:
        0, or 1 where the dataset or an image of it cannot be read.

    Raises:
        NucleiBenchError: for wrong use, before anything is read.
    """
    named = _find_dataset(chosen)
    picture = _plan_picture(chosen, named) if chosen.pictures else None
    from nucleibench.data.checking import check_dataset

    workers = len(os.sched_getaffinity(0))
    try:
        summary = check_dataset(named.name, named.dataset, named.test_organ, workers)
        print("\n".join(summary.lines()), flush=True)
        if picture and not summary.faults:
            _draw(named, picture)
    except DataError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if picture and summary.faults:
        print("no picture is drawn, as not all images can be read", file=sys.stderr)
    return 1 if summary.faults else 0


def _find_dataset(chosen: argparse.Namespace) -> "NamedDataset":
    if not chosen.dataset.exists():
        raise NucleiBenchError(f"{chosen.dataset} does not exist; give a folder or an archive")
    from nucleibench.commands.named_dataset import read_named, take_archive

    if chosen.dataset.suffix.lower() in CONFIGURATIONS:
        if chosen.format:
            raise NucleiBenchError("--format is for folders and archives; the configuration has it")
        return read_named(chosen.dataset, chosen.name)
    if chosen.name:
        raise NucleiBenchError(f"{chosen.name}: a name is for datasets of a configuration file")
    return take_archive(chosen.dataset, chosen.format, lambda line: print(line, file=sys.stderr))


def _plan_picture(chosen: argparse.Namespace, named: "NamedDataset") -> Path:
    """Return where the picture goes: nowhere among the given files, and in the place of none."""
    folder = chosen.pictures.resolve()
    picture = Path(chosen.pictures) / f"{named.name}.png"
    for archive in named.dataset.archives.values():
        if archive.path and folder.is_relative_to(Path(archive.path).resolve()):
            raise NucleiBenchError(f"{chosen.pictures} is in the dataset; choose another folder")
    if picture.exists() or (folder.exists() and not folder.is_dir()):
        existing = picture if picture.exists() else chosen.pictures
        raise NucleiBenchError(f"{existing} exists; remove it or choose another folder")
    return picture


def _draw(named: "NamedDataset", picture: Path) -> None:
    from nucleibench.data.sample_pictures import draw_samples
    from nucleibench.images import write_rgb

    write_rgb(picture, draw_samples(named.name, named.dataset))
    print(f"outlines: {picture}")
