import numpy as np
import spams
from drawn_stains import STAINS
from hypothesis import given
from hypothesis import strategies as st

from nucleibench.stain.unmixing import (
    compose_colors,
    solve_concentrations,
    unexplained_share,
    weighted_percentile,
)


def random_stains(generator):
    stains = generator.random((2, 3)) + 0.01
    return stains / np.linalg.norm(stains, axis=1, keepdims=True)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.01, 0.1, 1.0]))
def test_concentrations_are_the_minimum(seed, regularizer):
    """Karush, Kuhn and Tucker: no slope where a stain is present, none downhill where it is not."""
    generator = np.random.default_rng(seed)
    stains, densities = random_stains(generator), generator.random((3, 50)) * 3
    concentrations = solve_concentrations(densities, stains, regularizer)
    slope = stains @ (stains.T @ concentrations - densities) + regularizer
    assert (concentrations >= 0).all()
    assert np.abs(slope[concentrations > 1e-9]).max(initial=0) < 1e-6
    assert slope.min() > -1e-6


def test_concentrations_are_those_of_spams():
    generator = np.random.default_rng(0)
    stains, densities = random_stains(generator), generator.random((3, 2000)) * 3
    theirs = spams.lasso(
        X=np.asfortranarray(densities),
        D=np.asfortranarray(stains.T),
        mode=2,
        lambda1=0.01,
        pos=True,
    ).toarray()
    np.testing.assert_allclose(solve_concentrations(densities, stains, 0.01), theirs, atol=1e-6)


def test_equal_stains_give_finite_concentrations():
    stains = STAINS[[0, 0]]
    densities = STAINS.T * 2
    assert np.isfinite(solve_concentrations(densities, stains, 0.01)).all()


@given(st.integers(0, 10_000), st.floats(0, 100))
def test_percentile_counts_every_pixel(seed, percent):
    generator = np.random.default_rng(seed)
    values, counts = generator.random(20).round(1), generator.integers(1, 9, 20)
    expected = np.percentile(np.repeat(values, counts), percent)
    np.testing.assert_allclose(weighted_percentile(values, counts, percent), expected, atol=1e-12)


def test_composition_inverts_unmixing():
    concentrations = np.random.default_rng(0).random((2, 500)) + 0.1
    densities = STAINS.T @ concentrations
    np.testing.assert_allclose(solve_concentrations(densities, STAINS, 0), concentrations)
    colors = compose_colors(concentrations, STAINS)
    np.testing.assert_array_equal(colors, (255 * np.exp(-densities.T)).astype(np.uint8))


def test_composition_of_negative_stains_is_clipped_not_wrapped():
    stains = np.array([[-0.5, 0.8, 0.3], [0.2, 0.9, 0.4]])
    assert compose_colors(np.array([[2.0], [0.0]]), stains)[0, 0] == 255


def test_what_lies_outside_the_stains_is_unexplained():
    across = np.cross(*STAINS)
    across /= np.linalg.norm(across)
    densities = np.stack([STAINS[0] * 3, across * 4], axis=1)
    counts = np.array([1, 1])
    share = unexplained_share(densities, counts, np.array([[3.0, 0], [0, 0]]), STAINS)
    np.testing.assert_allclose(share, 16 / 25)
