"""A row of the benchmarks that takes no time: sums of numbers."""

import numpy as np

from bench.registry import Candidate, Comparison


def draw(size):
    return {"values": np.arange(size), "content": b"abc"}


def add_up(inputs):
    assert inputs["content"] == b"abc"
    return lambda: {"sum": inputs["values"].sum(), "squares": (inputs["values"] ** 2).sum()}


def loop(inputs):
    return lambda: {"sum": sum(inputs["values"].tolist())}


def wrong(inputs):
    return lambda: {"sum": inputs["values"].sum() + 1}


def fail(inputs):
    raise RuntimeError("it does not work here")


def fail_later(inputs):
    return lambda: 1 / 0


COMPARISONS = [
    Comparison(
        "Sums",
        draw,
        Candidate("ours", add_up),
        (
            Candidate("a loop", loop),
            Candidate("a wrong one", wrong),
            Candidate("another sum", wrong, differs="one more"),
            Candidate("a broken one", fail),
            Candidate("one that breaks later", fail_later),
            Candidate("not installed", add_up, "nowhere"),
            Candidate("a small one", loop, limit=1000),
            Candidate("a slow one", loop, slow=True),
        ),
        sizes=(1000, 4000),
        quick=(1000, 4000),
        unit="numbers",
        dimension=1,
        aim=1e9,
        rate=float,
        rate_unit="numbers",
    )
]
