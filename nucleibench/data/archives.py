"""Dataset archives: zip files and unpacked folders behind one small interface.

Nothing is ever extracted: members are read into memory one at a time.
"""

import re
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Protocol
from zipfile import ZipFile, ZipInfo

from nucleibench.errors import DataError

MEMBER_LIMIT = 2**30
"""Bytes to which one member may unpack; the largest of the official archives needs 4 MB."""

TOTAL_LIMIT = 2**34
"""Bytes to which all members together may unpack."""

CLUTTER = ("thumbs.db", "ehthumbs.db", "desktop.ini")
"""What Windows leaves among files; other systems hide theirs."""

MEND = "get the archive again from its official source"


class OpenArchive(Protocol):
    """Files by name; names use ``/`` and leave out what operating systems add on their own."""

    path: Path

    def names(self) -> list[str]:
        """Return the sorted names of all files."""

    def read(self, name: str) -> bytes:
        """Return the content of a file, or raise a DataError that names archive and member."""


@contextmanager
def open_archive(path: str | Path) -> Iterator[OpenArchive]:
    """Open a zip file or an unpacked folder.

    Raises:
        DataError: nothing is there, the zip file is damaged or cut short, it would unpack to an
            absurd size, or a member is a link or has a name that leads out of the archive.
    """
    path = Path(path)
    if path.is_dir():
        yield _Folder(path)
    elif path.exists():
        with _open_zip(path) as archive:
            yield _Zip(path, archive)
    else:
        raise DataError(f"{path}: no such archive or folder; correct its path in the configuration")


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._members = {}
        for file in sorted(path.rglob("*")):
            name = file.relative_to(path).as_posix()
            if file.is_symlink():
                raise DataError(f"{path}: {name} is a link; put the file itself in its place")
            if file.is_file() and not _is_clutter(name):
                self._members[name] = file

    def names(self) -> list[str]:
        return sorted(self._members)

    def read(self, name: str) -> bytes:
        try:
            return self._members[name].read_bytes()
        except OSError as error:
            raise DataError(f"{self.path}: {name} cannot be read: {error.strerror}") from error


class _Zip:
    def __init__(self, path: Path, archive: ZipFile) -> None:
        self.path = path
        self._archive = archive
        if not all(member.filename for member in archive.infolist()):
            raise DataError(f"{path}: a member has no name; {MEND}")
        members = [member for member in archive.infolist() if not member.is_dir()]
        _check_sizes(path, members)
        for member in archive.infolist():
            _check_member(path, member)
        _check_names(path, members)
        self._names = sorted(
            member.filename for member in members if not _is_clutter(member.filename)
        )

    def names(self) -> list[str]:
        return list(self._names)

    def read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except Exception as error:  # zipfile raises whatever damaged bytes lead it to
            raise DataError(f"{self.path}: {name} is damaged ({error}); {MEND}") from error


def _open_zip(path: Path) -> ZipFile:
    try:
        return ZipFile(path)
    except Exception as error:  # zipfile raises whatever damaged bytes lead it to
        raise DataError(
            f"{path}: not a zip file, or one that is damaged or cut short ({error}); {MEND}"
        ) from error


def _check_sizes(path: Path, members: list[ZipInfo]) -> None:
    # ZipFile never reads more than the size that a member declares.
    largest = max(members, key=lambda member: member.file_size, default=None)
    if largest and largest.file_size > MEMBER_LIMIT:
        size = f"{largest.filename} would unpack to {largest.file_size:,} bytes"
        raise DataError(f"{path}: {size}, more than any image needs; {MEND}")
    total = sum(member.file_size for member in members)
    if total > TOTAL_LIMIT:
        raise DataError(f"{path}: would unpack to {total:,} bytes, absurdly many; {MEND}")


def _check_member(path: Path, member: ZipInfo) -> None:
    name = member.filename
    if name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
        fault = "has an absolute path"
    elif ".." in re.split(r"[/\\]", name):
        fault = "leads out of the archive by '..'"
    elif stat.S_ISLNK(member.external_attr >> 16):
        fault = "is a link"
    else:
        return
    raise DataError(f"{path}: member {name} {fault}, so the archive is not trusted; {MEND}")


def _check_names(path: Path, members: list[ZipInfo]) -> None:
    counts = Counter(member.filename for member in members)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        raise DataError(f"{path}: {twice} stands twice, and which is meant is unknown; {MEND}")


def _is_clutter(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") for part in path.parts)
    return hidden or "__MACOSX" in path.parts or path.name.lower() in CLUTTER
