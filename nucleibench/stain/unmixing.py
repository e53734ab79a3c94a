"""Stain unmixing: how much of each of two stains a colour holds, and how it looks restained."""

from collections.abc import Iterator

import numpy as np

# Colours at a time: what is computed of so many stays in the processor's cache.
CHUNK = 1 << 14


def chunks(colors: int) -> Iterator[slice]:
    """Yield slices that divide ``colors`` columns."""
    for start in range(0, colors, CHUNK):
        yield slice(start, start + CHUNK)


def solve_concentrations(
    densities: np.ndarray, stain_matrix: np.ndarray, regularizer: float
) -> np.ndarray:
    """Solve the non-negative LASSO for two stains, exactly.

    Minimises ``0.5 * |x - c @ S|^2 + regularizer * (c1 + c2)`` over c >= 0 for each column x. With
    two stains only three cases exist (both present, one, none), so the solution is closed.

    Args:
        densities: optical densities, float64 of shape (3, n).
        stain_matrix: S, one unit stain vector a row, shape (2, 3).
        regularizer: weight of the concentrations' sum, 0 or above.

    Returns:
        Concentrations, float64 of shape (2, n).
    """
    result = np.empty((2, densities.shape[1]))
    for chunk in chunks(densities.shape[1]):
        result[:, chunk] = _solve(densities[:, chunk], stain_matrix, regularizer)
    return result


def _solve(densities: np.ndarray, stain_matrix: np.ndarray, regularizer: float) -> np.ndarray:
    cosine = stain_matrix[0] @ stain_matrix[1]
    scale = 1 / max(1 - cosine**2, 1e-12)
    first, second = _project(densities, stain_matrix) - regularizer
    both_first = (first - cosine * second) * scale
    both_second = (second - cosine * first) * scale
    no_first, no_second = both_first < 0, both_second < 0
    only_first, only_second = np.maximum(first, 0), np.maximum(second, 0)
    return np.stack(
        [
            np.where(no_first, 0, np.where(no_second, only_first, both_first)),
            np.where(no_second, 0, np.where(no_first, only_second, both_second)),
        ]
    )


def _project(densities: np.ndarray, stain_matrix: np.ndarray) -> np.ndarray:
    # Written out, since a threaded matrix product may change its last bits with the machine's load.
    red, green, blue = densities
    return np.stack([s[0] * red + s[1] * green + s[2] * blue for s in stain_matrix])


def weighted_percentile(values: np.ndarray, counts: np.ndarray, percent: float) -> float:
    """Return ``np.percentile(np.repeat(values, counts), percent)`` without the repetition."""
    order = np.argsort(values)
    last_rank = np.cumsum(counts[order]) - 1
    rank = percent / 100 * last_rank[-1]
    low, high = np.searchsorted(last_rank, [np.floor(rank), np.ceil(rank)])
    below, above = values[order[low]], values[order[high]]
    return float(below + (above - below) * (rank - np.floor(rank)))


def compose_colors(concentrations: np.ndarray, stain_matrix: np.ndarray) -> np.ndarray:
    """Return the RGB uint8 colours (n, 3) of concentrations (2, n) under a stain matrix (2, 3)."""
    first, second = concentrations
    channels = [np.exp(-(first * h + second * e)) for h, e in zip(*stain_matrix, strict=True)]
    return np.clip(255 * np.stack(channels, axis=-1), 0, 255).astype(np.uint8)


def unexplained_share(
    densities: np.ndarray, counts: np.ndarray, concentrations: np.ndarray, stain_matrix: np.ndarray
) -> float:
    """Return the share (0 to 1) of the squared optical density that the two stains leave over."""
    left, total = 0.0, 0.0
    for chunk in chunks(len(counts)):
        density = densities[:, chunk]
        residual = density - np.einsum("sc,sn->cn", stain_matrix, concentrations[:, chunk])
        left += (residual**2 * counts[chunk]).sum()
        total += (density**2 * counts[chunk]).sum()
    return float(left / total)
