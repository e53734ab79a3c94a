"""One command at a time writes to an output folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nucleibench.errors import ConfigurationError


@contextmanager
def sole_writer(folder: Path) -> Iterator[None]:
    """Claim an output folder within the block; the claim ends with the process, even if killed.

    Raises:
        ConfigurationError: another command works there.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"another nucleibench segment writes to {folder}; wait until it ends, or choose "
            "another output folder"
        ) from error
    except OSError:  # some network file systems lock no folders
        return
