"""The images that a command is given: files, and all images below folders."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.slides.companions import find_companions
from nucleibench.slides.record import is_result

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".bmp", ".dib", ".webp"),
    *(".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf"),
    *(".tif", ".tiff", ".btf", ".tf2", ".tf8", ".ptif", ".ptiff", ".qptiff", ".lsm"),
    *(".svs", ".ndpi", ".mrxs", ".scn", ".bif", ".dcm", ".vms", ".vmu", ".svslide", ".czi"),
)
"""Of images that are looked for in folders."""

UNREAD = (".gif", ".ppm", ".avif", ".heic", ".jxl", ".vsi", ".lif", ".nd2", ".zvi")
"""Of images of kinds that are not read: none is passed over in silence."""

DOCUMENTS = (
    *(".csv", ".tsv", ".txt", ".md", ".html", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".parquet"),
    *(".json", ".geojson", ".geojson.gz", ".xml", ".yaml", ".yml", ".ini", ".log", ".py", ".ipynb"),
)
"""Of texts and tables, which lie beside images everywhere, and are never images."""

CLUTTER = ("__MACOSX", "@eaDir", "$RECYCLE.BIN", "System Volume Information", "Thumbs.db")
"""Names of what systems leave in folders, beside all names that begin with a point."""

MOST_KINDS = 8
"""Suffixes that a line names."""

LONGEST_NAME = 240
"""Bytes of the name of a file. File systems take 255, and the names of results are longer."""


@dataclass(frozen=True)
class Input:
    """An image to segment.

    Attributes:
        path: the file, as it was given or found.
        below: its path below the given folder; the name alone, where the file itself was given.
    """

    path: Path
    below: Path

    def fault(self) -> str:
        """Say why it cannot be segmented, whatever is in the file; "" where it can."""
        if not os.path.exists(self.path):
            return "leads to no file; restore the link, or remove it"
        if not os.path.isfile(self.path):
            return "is a pipe or a device, not a file; give a file"
        name = os.fsencode(self.path.name)
        if len(name) > LONGEST_NAME:
            return f"has a name of {len(name)} bytes, of at most {LONGEST_NAME}; rename it"
        if any("\udc80" <= letter <= "\udcff" for letter in str(self.below)):
            return "has a name that is not UTF-8; rename it"
        return ""


def find_inputs(
    places: Sequence[Path],
    suffixes: Sequence[str],
    output: Path,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Input]:
    """Return the images that were given, and those below the folders that were given.

    Folders are searched with all folders in them, by name. What systems leave there is left out
    (``._x.tif``, hidden files, ``Thumbs.db``), and so are the output folder and results of earlier
    runs. An image that is found twice counts once, and so does a slide of several files.

    Args:
        places: files and folders. A file is taken whatever it is called.
        suffixes: of images, in lower case.
        output: the output folder.
        tell: called with a line for the user on files that are parts of slides, and with one on
            files of other kinds; texts and tables are not told.

    Raises:
        DataError: a place does not exist or cannot be read, or a folder holds no image.
        ConfigurationError: the output folder is one of the places.
    """
    found: dict[tuple[str, Path], Input] = {}
    others: dict[str, Path] = {}
    for place in places:
        images, rest = _inputs_at(place, tuple(suffixes), output)
        for image in images:
            found.setdefault((os.path.realpath(image.path), image.below), image)
        others |= {os.path.realpath(file): file for file in rest}
    parts = find_companions([*(image.path for image in found.values()), *others.values()])
    given = [image for image in found.values() if image.path not in parts]
    _tell_of_parts(parts, tell)
    taken = {os.path.realpath(image.path) for image in found.values()}
    _tell_of_others([others[real] for real in others.keys() - taken], parts, tell)
    return given


def _tell_of_parts(parts: Collection[Path], tell: Callable[[str], None]) -> None:
    """Say how many files are parts of slides."""
    if parts:
        tell(f"taken with the slides that they belong to: {_count_kinds(parts)}")


def _tell_of_others(
    others: Collection[Path], parts: Collection[Path], tell: Callable[[str], None]
) -> None:
    """Say how many files may be images of kinds that are not known."""
    unknown = [
        file for file in others if file not in parts and not file.name.lower().endswith(DOCUMENTS)
    ]
    if unknown:
        tell(f"passed over: {_count_kinds(unknown)}")


def _count_kinds(files: Collection[Path]) -> str:
    """Return how many files there are, and of which suffixes, the most frequent first."""
    counts = Counter(file.suffix.lower() or "no suffix" for file in sorted(files))
    kinds = [kind for kind, _ in counts.most_common(MOST_KINDS)]
    more = [] if len(counts) <= MOST_KINDS else ["others"]
    counted = "1 file" if len(files) == 1 else f"{len(files)} files"
    return f"{counted} ({', '.join(kinds + more)})"


def _inputs_at(
    place: Path, suffixes: tuple[str, ...], output: Path
) -> tuple[list[Input], list[Path]]:
    """Return the images at a place, and all other files there."""
    if os.path.exists(place) and not os.path.isdir(place):
        return [Input(place, Path(place.name))], []
    if os.path.realpath(place) == os.path.realpath(output):
        raise ConfigurationError(
            f"{output} holds the images; choose another output folder, such as {output / 'nuclei'}"
        )
    if not os.path.isdir(place):
        raise DataError(f"{place} does not exist; give an image or a folder of images")
    files = sorted(_files_below(place, {os.path.realpath(output)}))
    named = [file for file in files if file.name.lower().endswith(suffixes)]
    images = [Input(file, file.relative_to(place)) for file in named if not is_result(file)]
    if not images:
        raise DataError(f"{place} holds no images ({', '.join(suffixes)})")
    return images, sorted({*files} - {*named})


def _files_below(folder: Path, seen: set[str]) -> Iterator[Path]:
    """Yield all files below a folder that are no clutter; folders seen before are passed over.

    A link may lead to a folder above, so it is the real folders that are remembered.
    """
    if (real := os.path.realpath(folder)) in seen:
        return
    seen.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise DataError(f"{folder} cannot be read ({error.strerror}); allow it") from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in CLUTTER:
            continue
        if os.path.isdir(entry):  # and not where that may not be known
            yield from _files_below(entry, seen)
        else:
            yield entry
