"""Comparisons of methods: closed forms, SciPy's own test, and properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nucleibench.evaluate.comparisons import (
    EXACT,
    FEWEST,
    compare_pair,
    compare_scores,
    correct_by_holm,
    interval_of_mean,
    permutation_p,
    smallest_p,
)

DIFFERENCES = st.lists(st.integers(-5, 5), min_size=2, max_size=9).map(
    lambda found: np.array(found, float)
)


@pytest.mark.parametrize(
    ("sums", "p"),
    [
        ([1.0] * 8, 2 / 256),  # nothing but all up, or all down, is as far
        ([1.0, 2.0, 3.0], 2 / 8),
        ([1.0, -1.0], 1.0),
        ([3.0, 1.0], 1 / 2),  # 4 and -4 of 4, 2, -2, -4
        ([0.0, 0.0], 1.0),
    ],
)
def test_p_of_few_patients_is_counted(sums, p):
    assert permutation_p(np.array(sums), seed=0) == p


def test_eight_patients_give_no_smaller_p():
    assert smallest_p(8) == permutation_p(np.arange(1.0, 9.0), seed=0) == 1 / 128


@given(DIFFERENCES)
@settings(max_examples=50, deadline=None)
def test_p_is_that_of_scipy(sums):
    ours = permutation_p(sums, seed=0)
    oracle = stats.permutation_test(
        (sums,),
        lambda values, axis: values.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
        alternative="two-sided",
    )
    # Twice the smaller tail is the tail of both, as flips are symmetric.
    assert ours == pytest.approx(min(1, oracle.pvalue), abs=1e-12)


def test_many_patients_are_drawn_and_never_give_zero():
    p = permutation_p(np.ones(EXACT + 20), seed=0)
    assert 0 < p < 0.001
    assert p == permutation_p(np.ones(EXACT + 20), seed=0)
    noise = np.random.default_rng(1).normal(size=200)
    t_test = stats.ttest_1samp(noise, 0).pvalue
    assert permutation_p(noise, seed=0) == pytest.approx(t_test, abs=0.03)


def test_holm_by_hand():
    # Sorted: 0.01 * 4, 0.02 * 3, 0.03 * 2 below what came before, 0.5 * 1.
    found = correct_by_holm(np.array([0.02, 0.5, 0.01, 0.03]))
    np.testing.assert_allclose(found, [0.06, 0.5, 0.04, 0.06])


@given(st.lists(st.floats(0, 1), max_size=8), st.randoms())
def test_holm_keeps_the_order_and_never_lowers(p, random):
    p = np.array(p)
    found = correct_by_holm(p)
    assert (found >= p - 1e-15).all()
    assert (found <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    places = list(range(len(p)))
    random.shuffle(places)
    np.testing.assert_array_equal(correct_by_holm(p[places]), found[places])


def test_interval_of_single_images_is_that_of_scipy():
    values = np.random.default_rng(3).gamma(2, size=20)
    low, high = interval_of_mean(values, np.ones(20, int), seed=5)
    oracle = stats.bootstrap((values,), np.mean, n_resamples=10_000, method="BCa", rng=9)
    assert low == pytest.approx(oracle.confidence_interval.low, abs=0.05)
    assert high == pytest.approx(oracle.confidence_interval.high, abs=0.05)


def test_images_of_one_patient_count_as_one_witness():
    values = np.random.default_rng(4).normal(size=10)
    low, high = interval_of_mean(values, np.ones(10, int), seed=0)
    again = interval_of_mean(values * 7, np.full(10, 7), seed=0)
    np.testing.assert_allclose(again, (low, high), atol=1e-9)


def test_interval_covers_as_often_as_it_says():
    generator, hits = np.random.default_rng(0), 0
    for trial in range(60):
        values = generator.normal(1, 1, 25)
        low, high = interval_of_mean(values, np.ones(25, int), seed=trial)
        hits += low <= 1 <= high
    assert 50 <= hits <= 60  # 95% of 60 are 57; below 50 is one chance in a thousand


def test_few_patients_have_no_interval_and_equal_ones_a_point():
    assert np.isnan(interval_of_mean(np.arange(FEWEST - 1.0), np.ones(5, int), seed=0)).all()
    counts = np.arange(1, FEWEST + 1)
    assert interval_of_mean(2.0 * counts, counts, seed=0) == (2.0, 2.0)


def test_a_method_beside_itself():
    scores = np.linspace(0.3, 0.9, FEWEST)
    found = compare_pair(scores, scores, np.arange(FEWEST), seed=0)
    assert (found.difference, found.low, found.high, found.p, found.better) == (0, 0, 0, 1, 0.5)
    assert np.isnan(found.effect)


def test_two_patients_by_hand():
    # Patient a has two images and a mean difference of 0.2, patient b one of 0.1.
    patients = np.array(["a", "a", "b"])
    found = compare_pair(np.array([0.5, 0.7, 0.4]), np.array([0.4, 0.4, 0.3]), patients, seed=0)
    assert found.difference == pytest.approx(0.5 / 3)
    assert found.p == 0.5
    assert found.better == 1
    assert found.effect == pytest.approx(0.15 / np.std([0.2, 0.1], ddof=1))


def test_the_order_of_images_and_methods_changes_nothing():
    generator = np.random.default_rng(2)
    scores = {name: generator.random(12) for name in "abc"}
    patients = np.repeat(np.arange(6), 2)
    order = generator.permutation(12)
    one = compare_scores(scores, patients, "a", seed=0)
    other = compare_scores(
        {name: scores[name][order] for name in "cab"}, patients[order], "a", seed=0
    )
    np.testing.assert_allclose(one, other.loc[one.index], atol=1e-9)
