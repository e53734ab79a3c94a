"""Files that are either whole or absent, and their checksums."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nucleibench.errors import DataError


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that becomes ``path`` on success.

    The temporary name keeps the suffix, because writers choose their format by it.
    On an exception the temporary file is removed and ``path`` is left as it was.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(
        dir=path.parent, prefix=".", suffix="." + path.name.lstrip(".").partition(".")[2]
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o666 & ~_umask())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def copy_file(source: str | Path, path: str | Path) -> None:
    """Copy a file, atomically."""
    with atomic_path(path) as temporary:
        shutil.copyfile(source, temporary)


def write_json(path: str | Path, value: Any) -> None:
    """Write ``value`` as indented JSON, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: str | Path) -> Any:
    """Read a JSON file."""
    return json.loads(Path(path).read_text())


def file_digest(path: str | Path, algorithm: str = "sha256") -> str:
    """Return the hexadecimal digest of a file, read in pieces."""
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, algorithm).hexdigest()


def check_digest(path: str | Path, sha256: str) -> None:
    """Raise DataError where a file is not the one that its card describes."""
    if (found := file_digest(path)) != sha256:
        raise DataError(
            f"{path}: SHA-256 is {found}, the card says {sha256}; "
            "restore the file (a clone without large files?)"
        )
