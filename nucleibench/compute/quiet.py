"""Libraries that write to the terminal while they are imported."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def held_back() -> Iterator[Callable[[str], None]]:
    """Hold back what is written to standard error; show it where the block fails.

    TensorFlow's libraries in C++ write there before they can be told what to write, so that it is
    the file descriptor that is turned away.

    Yields:
        What writes a line to standard error all the same.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield lambda line: _write(terminal, line)
        except Exception:
            held.seek(0)
            os.write(terminal, held.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)


def _write(handle: int, line: str) -> None:
    with suppress(OSError):  # whoever read the messages has gone
        os.write(handle, f"{line}\n".encode())
