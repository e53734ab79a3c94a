"""One way to spread work over processes."""

import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

import cv2

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_processes(
    function: Callable[[Item], Result], items: Iterable[Item], workers: int
) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of ``items``, computed by ``workers`` processes.

    ``function`` must be importable by name from a module that is not the running script. With one
    worker everything stays in this process. The first exception of a worker is raised here.
    """
    if workers <= 1:
        yield from map(function, items)
        return
    context = get_context("forkserver")
    with (
        _script_kept_from_workers(),
        ProcessPoolExecutor(workers, context, cv2.setNumThreads, (1,)) as pool,
    ):
        yield from pool.map(function, items)


@contextmanager
def _script_kept_from_workers() -> Iterator[None]:
    """Keep new processes from running the calling script again, which multiprocessing does.

    A script of the workflow finds its paths in a global that only Snakemake sets.
    """
    main = sys.modules["__main__"]
    path = main.__dict__.pop("__file__", None)
    try:
        yield
    finally:
        if path is not None:
            main.__file__ = path
