"""The flag of stain vectors that are turned away from the usual ones by a known angle."""

import numpy as np
import pytest

from nucleibench.stain.findings import OK, SINGLE_STAIN, UNUSUAL_STAINS, USUAL_STAINS, judge

BOTH = np.array([1.0, 0.6])
UNIT = USUAL_STAINS / np.linalg.norm(USUAL_STAINS, axis=1)[:, None]


def turn(stain, degrees):
    """The usual stains, one of them turned away from the other."""
    stains = UNIT.copy()
    away = stains[stain] - stains[stain] @ stains[1 - stain] * stains[1 - stain]
    away -= away @ stains[stain] * stains[stain]
    away /= np.linalg.norm(away)
    angle = np.radians(degrees)
    stains[stain] = np.cos(angle) * stains[stain] + np.sin(angle) * away
    return stains


@pytest.mark.parametrize(
    ("stain", "degrees", "flag"),
    [
        (0, 0, OK),
        (0, 8.3, OK),  # the farthest of 59 good images
        (0, 11.5, UNUSUAL_STAINS),  # the nearest of four with ink
        (0, 43, UNUSUAL_STAINS),
        (1, 17.5, OK),
        (1, 26, UNUSUAL_STAINS),
    ],
)
def test_a_stain_may_be_as_far_from_the_usual_one_as_good_images_are(stain, degrees, flag):
    turned = turn(stain, degrees)
    assert np.degrees(np.arccos(min(1, turned[stain] @ UNIT[stain]))) == pytest.approx(
        degrees, abs=1e-4
    )
    assert judge(turned, BOTH, unexplained=0.01) == flag


def test_what_two_stains_do_not_explain_is_unusual():
    assert judge(UNIT, BOTH, unexplained=0.049) == OK
    assert judge(UNIT, BOTH, unexplained=0.051) == UNUSUAL_STAINS


@pytest.mark.parametrize("weaker", [0, 1])
def test_a_stain_that_hardly_shows_is_none(weaker):
    maxima = np.ones(2)
    maxima[weaker] = 0.06
    assert judge(UNIT, maxima, unexplained=0.0) == OK
    maxima[weaker] = 0.04
    assert judge(UNIT, maxima, unexplained=0.0) == SINGLE_STAIN
    assert judge(UNIT[[0, 0]], np.ones(2), unexplained=0.0) == SINGLE_STAIN
