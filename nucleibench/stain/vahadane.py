"""Stain vectors by sparse non-negative dictionary learning, deterministic and to convergence.

Vahadane et al. 2016, Structure-preserving color normalization and sparse stain separation for
histological images, equation 4; the objective is the one that staintools hands to SPAMS:

    mean over tissue pixels of  0.5 * |x - c @ S|^2 + regularizer * (c1 + c2),
    over concentrations c >= 0 and stain vectors S >= 0 with |S_i| <= 1.

A longer stain vector always lowers the second term, so both vectors have length 1 at the minimum.
Written in two angles each they fill a box, and with the concentrations solved in closed form four
bounded variables are left for a quasi-Newton method, where SPAMS descends by random batches until
a clock of one second runs out.
"""

import numpy as np
from scipy.optimize import minimize

from nucleibench.stain.colors import ColorTable
from nucleibench.stain.separation import solve_concentrations

# Hematoxylin and eosin (Ruifrok and Johnston 2001) as (polar, azimuth) angles from the blue axis.
_START = np.array([1.2761, 0.8224, 1.4604, 1.5002])


def learn_stain_matrix(tissue: ColorTable, regularizer: float) -> np.ndarray:
    """Learn two stain vectors from the colours of tissue.

    Args:
        tissue: colours of tissue with their counts.
        regularizer: weight of the concentrations' sum, above 0.

    Returns:
        Unit vectors of shape (2, 3), hematoxylin (the one that absorbs more red) first.
    """
    rough = _minimize(*_merge_similar(tissue), regularizer, _START)
    angles = _minimize(tissue.densities, tissue.counts / tissue.counts.sum(), regularizer, rough)
    matrix = _vectors(angles)
    return matrix[np.argsort(-matrix[:, 0], kind="stable")]


def dictionary_objective(
    densities: np.ndarray, weights: np.ndarray, stain_matrix: np.ndarray, regularizer: float
) -> tuple[float, np.ndarray]:
    """Return the objective above and its gradient by the stain matrix, shape (2, 3).

    ``densities`` has shape (3, n); ``weights`` (n,) sum to 1. The concentrations are optimal, so
    the gradient needs no term for their change.
    """
    concentrations = solve_concentrations(densities, stain_matrix, regularizer)
    weighted = weights * concentrations
    # einsum adds in a fixed order, unlike a threaded matrix product.
    second_moment = np.einsum("in,jn->ij", weighted, concentrations)
    cross = np.einsum("in,jn->ij", weighted, densities)
    total = weighted.sum()
    energy = np.einsum("n,jn,jn->", weights, densities, densities)
    gram = stain_matrix @ stain_matrix.T
    value = (
        0.5 * energy
        - (cross * stain_matrix).sum()
        + 0.5 * (second_moment * gram).sum()
        + regularizer * total
    )
    return value, second_moment @ stain_matrix - cross


def _merge_similar(tissue: ColorTable) -> tuple[np.ndarray, np.ndarray]:
    """Merge colours into cubes of 8 grey values: mean densities (3, m) and weights (m,)."""
    cube = tissue.colors.astype(np.int64) >> 3
    _, member = np.unique(cube @ [1 << 10, 1 << 5, 1], return_inverse=True)
    counts = np.bincount(member, tissue.counts)
    sums = [np.bincount(member, tissue.counts * density) for density in tissue.densities]
    return np.stack(sums) / counts, counts / counts.sum()


def _minimize(
    densities: np.ndarray, weights: np.ndarray, regularizer: float, start: np.ndarray
) -> np.ndarray:
    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        value, by_matrix = dictionary_objective(densities, weights, _vectors(angles), regularizer)
        return value, (_vector_slopes(angles) * by_matrix[:, None]).sum(axis=-1).ravel()

    options = {"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500}
    bounds = [(0, np.pi / 2)] * 4
    return minimize(evaluate, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x


def _vectors(angles: np.ndarray) -> np.ndarray:
    """Return two unit vectors (2, 3) of the positive octant from (polar, azimuth) twice."""
    polar, azimuth = angles.reshape(2, 2).T
    ring = np.sin(polar)
    return np.stack([ring * np.cos(azimuth), ring * np.sin(azimuth), np.cos(polar)], axis=1)


def _vector_slopes(angles: np.ndarray) -> np.ndarray:
    """Return the derivatives of both vectors by their two angles, shape (2, 2, 3)."""
    polar, azimuth = angles.reshape(2, 2).T
    (sin_p, cos_p), (sin_a, cos_a) = [(np.sin(a), np.cos(a)) for a in (polar, azimuth)]
    by_polar = np.stack([cos_p * cos_a, cos_p * sin_a, -sin_p], axis=1)
    by_azimuth = np.stack([-sin_p * sin_a, sin_p * cos_a, np.zeros(2)], axis=1)
    return np.stack([by_polar, by_azimuth], axis=1)
