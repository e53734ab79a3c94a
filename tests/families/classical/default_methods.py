"""Classical algorithms with their default settings, or with some changed."""

from nucleibench.families.classical.family import Classical


def default_method(algorithm, **changes):
    return Classical.read({"algorithm": algorithm, "settings": changes}).settings
