"""Comparisons of methods: closed forms, SciPy's own test, and properties."""

from itertools import product

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
    correct_by_maximum,
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


def step_down_maximum(sums):
    """Westfall and Young's step-down p, in loops over all flips: an oracle."""
    norms = [sum(value**2 for value in row) ** 0.5 or 1.0 for row in sums]
    patients = len(sums[0])

    def measures(signs):
        pairs = zip(sums, norms, strict=True)
        return [
            abs(sum(s * v for s, v in zip(signs, row, strict=True))) / norm for row, norm in pairs
        ]

    every = [measures(signs) for signs in product((1, -1), repeat=patients)]
    observed = measures([1] * patients)
    order = sorted(range(len(sums)), key=lambda row: -observed[row])
    found, before = {}, 0.0
    for place, row in enumerate(order):
        rest = order[place:]
        as_far = [max(flip[r] for r in rest) >= observed[row] - 1e-9 for flip in every]
        before = max(before, sum(as_far) / len(every))
        found[row] = before
    return [found[row] for row in range(len(sums))]


@given(
    st.integers(1, 6).flatmap(
        lambda patients: st.lists(
            st.lists(st.integers(-5, 5), min_size=patients, max_size=patients),
            min_size=1,
            max_size=5,
        )
    )
)
@settings(max_examples=60, deadline=None)
def test_the_correction_is_that_of_loops(sums):
    # Comparisons that are as far from zero have one p: that of the first of them is the larger.
    found = correct_by_maximum(np.array(sums, float), seed=0)
    np.testing.assert_allclose(found, step_down_maximum(sums), atol=1e-12)


@given(DIFFERENCES, st.lists(st.floats(0.5, 2), min_size=1, max_size=3))
@settings(max_examples=30, deadline=None)
def test_comparisons_that_say_the_same_cost_nothing(sums, scales):
    several = correct_by_maximum(np.outer([1.0, *scales], sums), seed=0)
    np.testing.assert_allclose(several, permutation_p(sums, seed=0), atol=1e-12)


def test_the_correction_by_hand():
    # Of 8 flips, 2 are as far as the first row. Beside the second alone, which is 1 of all, 8 are.
    sums = np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    np.testing.assert_array_equal(correct_by_maximum(sums, seed=0), [2 / 8, 1, 1])


def test_drawn_flips_correct_much_as_all_flips_do(monkeypatch):
    sums = np.random.default_rng(5).normal(0.6, 1, (6, 10))
    every = correct_by_maximum(sums, seed=0)
    monkeypatch.setattr("nucleibench.evaluate.comparisons.EXACT", 3)
    np.testing.assert_allclose(correct_by_maximum(sums, seed=0), every, atol=0.02)
    np.testing.assert_array_equal(correct_by_maximum(sums, 0), correct_by_maximum(sums, 0))


@pytest.mark.parametrize("chosen", [True, False])
def test_one_false_alarm_in_twenty_tables_at_most(chosen):
    # Six methods alike on eight patients, one of them the reference: the best one, or the first.
    generator, patients, alarms, tables = np.random.default_rng(0), np.arange(8), 0, 150
    for _ in range(tables):
        scores = dict(enumerate(generator.normal(0.5, 0.1, (6, 8))))
        reference = max(scores, key=lambda name: scores[name].mean()) if chosen else 0
        found = compare_scores(scores, patients, reference, seed=0, chosen=chosen)
        alarms += (found["p_corrected"] <= 0.05).any()
    assert alarms <= 16  # of 7.5 expected at most; more is one chance in 300


def test_a_reference_that_was_named_shows_more_than_one_that_was_chosen():
    generator = np.random.default_rng(1)
    scores = {name: generator.normal(0.6 - 0.1 * (name > 0), 0.05, 8) for name in range(12)}
    named = compare_scores(scores, np.arange(8), 0, seed=0, chosen=False)
    chosen = compare_scores(scores, np.arange(8), 0, seed=0)
    assert (named["p_corrected"] <= chosen["p_corrected"]).all()
    assert named["p_corrected"].sum() < chosen["p_corrected"].sum()
    np.testing.assert_array_equal(named["p"], chosen["p"])


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
