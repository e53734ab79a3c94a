"""One way to spread work over processes."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import cv2

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_processes(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of ``items``, computed by ``workers`` processes.

    ``function`` must be importable by name. With one worker everything stays in this process.
    The first exception of a worker is raised here.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    context = get_context("forkserver")
    with ProcessPoolExecutor(workers, context, initializer=cv2.setNumThreads, initargs=(1,)) as pool:
        yield from pool.map(function, items)
