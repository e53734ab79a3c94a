"""Benchmarks: this library beside others, every figure a ratio taken in one run on one machine.

    python -m bench            all rows; writes bench/results.md and bench/results.png
    python -m bench --quick    small sizes, below five minutes

A row is a :class:`bench.registry.Comparison` in ``bench/rows``. Candidates run in processes and
environments of their own, and take turns.
"""
