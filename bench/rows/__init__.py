"""Rows of the results: a module each, with its ``COMPARISONS``.

A module is imported in the environments of the peers as well, which have NumPy and what the peer
needs, so all else is imported where it is used.
"""
