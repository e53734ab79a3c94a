"""Work that is made ready while other work is done, in order and never far ahead.

Threads do, because NumPy, SciPy, OpenCV, TensorFlow and the readers of slides let others run while
they compute.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_ahead(
    threads: ThreadPoolExecutor,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    ahead: int,
) -> Iterator[Result]:
    """Yield ``function(item)`` in the order of ``items``, at most ``ahead`` of them made ready.

    The first exception of ``function`` is raised here.
    """
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(threads.submit(function, item))
        if len(waiting) > ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def iterate_ahead(items: Iterable[Item], ahead: int) -> Iterator[Item]:
    """Yield ``items``, which one thread makes, at most ``ahead`` before they are asked for."""
    iterator = iter(items)
    end = object()
    thread = ThreadPoolExecutor(1)
    try:
        waiting = deque(thread.submit(next, iterator, end) for _ in range(ahead))
        while (item := waiting.popleft().result()) is not end:
            waiting.append(thread.submit(next, iterator, end))
            yield item  # type: ignore[misc]
    finally:
        thread.shutdown(cancel_futures=True)
