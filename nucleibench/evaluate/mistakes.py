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
OUTCOMES = ("found", *MISTAKES, "invented")
"""What can become of a true or of a predicted nucleus."""


def count_mistakes(table: ContingencyTable, kind: str) -> int:
    """Return how many true nuclei are of this kind, one of MISTAKES."""
    return int(np.count_nonzero(classify_true(table) == OUTCOMES.index(kind)))


def count_invented(table: ContingencyTable) -> int:
    """Return how many predictions lie in true nuclei by less than half of their area."""
    return int(np.count_nonzero(_invented(table)))


def classify_true(table: ContingencyTable) -> np.ndarray:
    """Return what became of each true nucleus: places in OUTCOMES, int64 (n_true,)."""
    return _first_that_fits(_fits(table), table.n_true)


def classify_predicted(table: ContingencyTable) -> np.ndarray:
    """Return what each predicted nucleus is: places in OUTCOMES, int64 (n_predicted,).

    It is the first of these that it fits: found (of IoU >= 0.5 with a true nucleus), invented,
    merged (it holds two true nuclei), split (it is a part of a split one), and else misdrawn.
    """
    held, inside = _halves(table)
    parts = inside & (_split(table)[table.pair_true])
    fits = {
        "found": _any(table.pair_predicted[_found(table)], table.n_predicted),
        "invented": _invented(table),
        "merged": np.bincount(table.pair_predicted[held], minlength=table.n_predicted) >= 2,
        "split": _any(table.pair_predicted[parts], table.n_predicted),
    }
    return _first_that_fits(fits, table.n_predicted)


def _first_that_fits(fits: dict[str, np.ndarray], count: int) -> np.ndarray:
    """Return the place in OUTCOMES of the first kind that fits, and of misdrawn where none does."""
    kinds = [OUTCOMES.index(kind) for kind in fits]
    chosen = np.select([np.zeros(count, bool), *fits.values()], [0, *kinds], default=-1)
    return np.where(chosen < 0, OUTCOMES.index("misdrawn"), chosen).astype(np.int64)


def _fits(table: ContingencyTable) -> dict[str, np.ndarray]:
    """Return kind -> which true nuclei it fits, in the order of decision; the last is the rest."""
    held, _ = _halves(table)
    holds = np.bincount(table.pair_predicted[held], minlength=table.n_predicted)
    merged = held & (holds[table.pair_predicted] >= 2)
    covered = np.bincount(table.pair_true, table.overlaps, table.n_true)
    return {
        "found": _any(table.pair_true[_found(table)], table.n_true),
        "merged": _any(table.pair_true[merged], table.n_true),
        "split": _split(table),
        "missed": 2 * covered < table.true_areas,
    }


def _found(table: ContingencyTable) -> np.ndarray:
    """Return which pairs have an IoU of 0.5 or more, bool (n_pairs,)."""
    return 2 * table.overlaps >= table.unions


def _halves(table: ContingencyTable) -> tuple[np.ndarray, np.ndarray]:
    """Return of which pairs half of the true, and half of the predicted nucleus is shared."""
    held = 2 * table.overlaps >= table.true_areas[table.pair_true]
    inside = 2 * table.overlaps >= table.predicted_areas[table.pair_predicted]
    return held, inside


def _split(table: ContingencyTable) -> np.ndarray:
    """Return in which true nuclei at least two predictions lie, bool (n_true,)."""
    _, inside = _halves(table)
    return np.bincount(table.pair_true[inside], minlength=table.n_true) >= 2


def _invented(table: ContingencyTable) -> np.ndarray:
    covered = np.bincount(table.pair_predicted, table.overlaps, table.n_predicted)
    return 2 * covered < table.predicted_areas


def _any(places: np.ndarray, count: int) -> np.ndarray:
    """Return which of so many nuclei are among these places, bool (count,)."""
    return np.bincount(places, minlength=count) > 0
