"""Peak memory of a process and all that it started."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INTERVAL = 0.02
"""Seconds between two looks."""

PAGES_A_MEGABYTE = 256


def tree_megabytes(process: int) -> float:
    """Return the resident memory of a process and its descendants, 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
        tasks = Path(f"/proc/{process}/task").iterdir()
        children = [int(c) for task in tasks for c in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return pages / PAGES_A_MEGABYTE + sum(map(tree_megabytes, children))


@contextmanager
def watch(process: int) -> Iterator[list[float]]:
    """Yield a list whose only value becomes the peak of the tree while the block runs."""
    peak, ended = [0.0], threading.Event()

    def look() -> None:
        while not ended.wait(INTERVAL):
            peak[0] = max(peak[0], tree_megabytes(process))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()
