"""Stain vectors by sparse non-negative dictionary learning, deterministic and to convergence.

Vahadane et al. 2016, Structure-preserving color normalization and sparse stain separation for
histological images, equation 4; the objective is the one that staintools hands to SPAMS:

    mean over tissue pixels of  0.5 * |x - c @ S|^2 + regularizer * (c1 + c2),
    over concentrations c >= 0 and stain vectors S >= 0 with |S_i| <= 1.

A longer stain vector always lowers the second term, so both vectors have length 1 at the minimum.
Written in two angles each they fill a box, and with the concentrations solved in closed form four
bounded variables are left for Newton's method, where SPAMS descends by random batches until a clock
of one second runs out.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from nucleibench.stain.colors import ColorTable
from nucleibench.stain.unmixing import chunks, solve_concentrations

# Hematoxylin and eosin (Ruifrok and Johnston 2001) as (polar, azimuth) angles from the blue axis.
_START = np.array([1.2761, 0.8224, 1.4604, 1.5002])

# All in radians: where to stop, the longest step, and the shift of a difference.
TOLERANCE = 1e-7
LONGEST_STEP = 0.3
DIFFERENCE = 1e-4
MAXIMUM_STEPS = 100


def learn_stain_matrix(tissue: ColorTable, regularizer: float) -> np.ndarray:
    """Learn two stain vectors from the colours of tissue.

    Args:
        tissue: colours of tissue with their counts.
        regularizer: weight of the concentrations' sum, above 0.

    Returns:
        Unit vectors of shape (2, 3), hematoxylin (the one that absorbs more red) first.
    """
    rough = _objective(*_merge_similar(tissue), regularizer)
    exact = _objective(tissue.densities, tissue.counts / tissue.counts.sum(), regularizer)
    start = _minimize(rough, _START, partial(_measure_curvature, rough))
    # There the curvature is nearly that of the objective itself, so that few steps are left.
    curvature = _measure_curvature(rough, start)
    angles = _minimize(exact, start, lambda _: curvature)
    matrix = _vectors(angles)
    return matrix[np.argsort(-matrix[:, 0], kind="stable")]


def dictionary_objective(
    densities: np.ndarray, weights: np.ndarray, stain_matrix: np.ndarray, regularizer: float
) -> tuple[float, np.ndarray]:
    """Return the objective above and its gradient by the stain matrix, shape (2, 3).

    ``densities`` has shape (3, n); ``weights`` (n,) sum to 1. The concentrations are optimal, so
    the gradient needs no term for their change.
    """
    second_moment, cross, energy, total = np.zeros((2, 2)), np.zeros((2, 3)), 0.0, 0.0
    for chunk in chunks(len(weights)):
        density, weight = densities[:, chunk], weights[chunk]
        concentrations = solve_concentrations(density, stain_matrix, regularizer)
        weighted = weight * concentrations
        # A product so small is never shared among threads, which could change its last bits.
        second_moment += weighted @ concentrations.T
        cross += weighted @ density.T
        energy += (weight * density**2).sum()
        total += weighted.sum()
    explained = (cross * stain_matrix).sum()
    overlap = (second_moment * (stain_matrix @ stain_matrix.T)).sum()
    value = 0.5 * energy - explained + 0.5 * overlap + regularizer * total
    return value, second_moment @ stain_matrix - cross


def _merge_similar(tissue: ColorTable) -> tuple[np.ndarray, np.ndarray]:
    """Merge colours into cubes of 8 grey values: mean densities (3, m) and weights (m,)."""
    cube = tissue.colors.astype(np.int64) >> 3
    _, member = np.unique(cube @ [1 << 10, 1 << 5, 1], return_inverse=True)
    counts = np.bincount(member, tissue.counts)
    sums = [np.bincount(member, tissue.counts * density) for density in tissue.densities]
    return np.stack(sums) / counts, counts / counts.sum()


Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]


def _objective(densities: np.ndarray, weights: np.ndarray, regularizer: float) -> Evaluate:
    """Return the objective as a function of four angles, which returns value and slope (4,)."""

    def evaluate(angles: np.ndarray) -> tuple[float, np.ndarray]:
        value, by_matrix = dictionary_objective(densities, weights, _vectors(angles), regularizer)
        return value, (_vector_slopes(angles) * by_matrix[:, None]).sum(axis=-1).ravel()

    return evaluate


def _minimize(
    evaluate: Evaluate, angles: np.ndarray, curvature: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Minimise by Newton's method within the box, with the given curvature (4, 4) at a place."""
    value, slope = evaluate(angles)
    for _ in range(MAXIMUM_STEPS):
        step = _newton_step(angles, slope, curvature(angles))
        while np.abs(step).max() > TOLERANCE:
            candidate = np.clip(angles + step, 0, np.pi / 2)
            new_value, new_slope = evaluate(candidate)
            if new_value < value:
                break
            step /= 2
        else:
            return angles
        angles, value, slope = candidate, new_value, new_slope
    return angles


def _newton_step(angles: np.ndarray, slope: np.ndarray, curvature: np.ndarray) -> np.ndarray:
    """Return the step to the minimum of the parabola, in the angles that no bound holds."""
    held = ((angles <= 0) & (slope > 0)) | ((angles >= np.pi / 2) & (slope < 0))
    free = np.flatnonzero(~held)
    values, axes = np.linalg.eigh(curvature[np.ix_(free, free)])
    # Curved down or hardly at all: go downhill nevertheless, and not too far.
    values = np.maximum(np.abs(values), max(1e-3 * np.abs(values).max(initial=0), 1e-9))
    step = np.zeros(len(angles))
    step[free] = -axes @ (axes.T @ slope[free] / values)
    return step * min(1, LONGEST_STEP / max(np.abs(step).max(), 1e-300))


def _measure_curvature(evaluate: Evaluate, angles: np.ndarray) -> np.ndarray:
    """Return the Hessian (4, 4) by differences of the slope."""
    shifts = DIFFERENCE * np.eye(len(angles))
    _, slope = evaluate(angles)
    hessian = np.array([evaluate(angles + shift)[1] - slope for shift in shifts]) / DIFFERENCE
    return (hessian + hessian.T) / 2


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
