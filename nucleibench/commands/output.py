"""Standard output, which may be a full disk, or a pipe that nobody reads any more."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO


@contextmanager
def held_output() -> Iterator[None]:
    """Hold back what is printed and write it at the end, where every error of writing is seen.

    Raises:
        SystemExit: it cannot be written; why is told, unless whoever read it has gone.
    """
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - it may have been closed
    held = StringIO()
    try:
        with redirect_stdout(held):
            yield
    finally:
        if text := held.getvalue():
            _write(text)


def _write(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"  # not all have every letter of the names of files
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except OSError as error:
        _silence_output()
        if not isinstance(error, BrokenPipeError):
            print(
                f"Error: standard output cannot be written ({error.strerror}); make room, or write"
                " to another place",
                file=sys.stderr,
            )
        raise SystemExit(1) from None


def _silence_output() -> None:
    """Let Python write what is left in its buffer to nowhere when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
