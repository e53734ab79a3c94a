"""What went wrong with the nuclei that have no match, read from the contingency table.

A score says how much is wrong, these counts say what. A true nucleus without a prediction of
IoU >= 0.5 is the first of these that it fits:

- merged: a prediction holds at least half of it and at least half of another true nucleus;
- split: at least two predictions lie in it by at least half of their areas;
- missed: predictions cover less than half of it;
- misdrawn: found, but with an outline too far off.

A prediction is invented where less than half of it lies in true nuclei.
"""

import numpy as np

from nucleibench.evaluate.contingency import ContingencyTable

MISTAKES = ("merged", "split", "missed", "misdrawn")


def count_mistakes(table: ContingencyTable, kind: str) -> int:
    """Return how many true nuclei are of this kind, one of MISTAKES."""
    fits = [*_fits(table).values(), np.ones(table.n_true, bool)]
    kinds = np.select(fits, range(len(fits)), default=-1)
    return int(np.count_nonzero(kinds == 1 + MISTAKES.index(kind)))


def count_invented(table: ContingencyTable) -> int:
    """Return how many predictions lie in true nuclei by less than half of their area."""
    covered = np.bincount(table.pair_predicted, table.overlaps, table.n_predicted)
    return int(np.count_nonzero(2 * covered < table.predicted_areas))


def _fits(table: ContingencyTable) -> dict[str, np.ndarray]:
    """Return kind -> which true nuclei it fits, in the order of decision; the last is the rest."""
    held = 2 * table.overlaps >= table.true_areas[table.pair_true]
    inside = 2 * table.overlaps >= table.predicted_areas[table.pair_predicted]
    holds = np.bincount(table.pair_predicted[held], minlength=table.n_predicted)
    covered = np.bincount(table.pair_true, table.overlaps, table.n_true)
    return {
        "found": _any(table, 2 * table.overlaps >= table.unions),
        "merged": _any(table, held & (holds[table.pair_predicted] >= 2)),
        "split": np.bincount(table.pair_true[inside], minlength=table.n_true) >= 2,
        "missed": 2 * covered < table.true_areas,
    }


def _any(table: ContingencyTable, pairs: np.ndarray) -> np.ndarray:
    """Return which true nuclei are in one of these pairs, bool (n_true,)."""
    return np.bincount(table.pair_true[pairs], minlength=table.n_true) > 0
