"""Weight maps beside a distance map of the whole image for every nucleus."""

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from nucleibench.data.synthetic import draw_image
from nucleibench.prepare.weights import compute_weight_map

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "prepare"))

from plain_weights import weigh_plainly

W0, SIGMA = 10, 5


@pytest.fixture(scope="module")
def labels():
    """Some 900 nuclei in an image of 1000 px."""
    return draw_image("liver", "bench", 0, 1000)[1].labels


@pytest.mark.benchmark(group="weight map of 1000 px")
@pytest.mark.parametrize("way", ["windows", "loop"])
def test_weight_map(benchmark, labels, way):
    cv2.setNumThreads(1)
    weigh, rounds = {"windows": (compute_weight_map, 5), "loop": (weigh_plainly, 1)}[way]
    weights = benchmark.pedantic(weigh, (labels, W0, SIGMA), rounds=rounds)
    np.testing.assert_allclose(weights, compute_weight_map(labels, W0, SIGMA), rtol=0, atol=1e-5)
