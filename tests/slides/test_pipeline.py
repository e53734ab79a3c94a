import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nucleibench.slides.pipeline import iterate_ahead, map_ahead


def test_results_come_in_order_whatever_takes_longest():
    def wait(number):
        time.sleep(0.02 * (number % 3))
        return number

    with ThreadPoolExecutor(3) as threads:
        assert list(map_ahead(threads, wait, range(10), 4)) == list(range(10))


def test_no_more_is_made_ready_than_was_asked_for():
    taken = []
    with ThreadPoolExecutor(2) as threads:
        results = map_ahead(threads, str, (taken.append(n) or n for n in range(100)), 3)
        assert next(results) == "0"
        assert len(taken) == 4
    made = []
    items = iterate_ahead((made.append(n) or n for n in range(100)), 2)
    assert next(items) == 0
    time.sleep(0.1)
    assert len(made) <= 4
    items.close()


def test_items_come_from_another_thread():
    names = list(iterate_ahead((threading.current_thread().name for _ in range(3)), 1))
    assert len(names) == 3
    assert threading.current_thread().name not in names
    assert list(iterate_ahead([], 2)) == []


def test_exceptions_come_through():
    def broken():
        yield 1
        raise ValueError("broken")

    items = iterate_ahead(broken(), 2)
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)
    with ThreadPoolExecutor(1) as threads, pytest.raises(ZeroDivisionError):
        list(map_ahead(threads, lambda n: 1 // n, [1, 0, 1], 1))


def test_an_unfinished_iteration_leaves_no_thread():
    before = threading.active_count()
    items = iterate_ahead(iter(range(1000)), 3)
    next(items)
    items.close()
    assert threading.active_count() == before
