"""Weight maps beside a distance map of the whole image for every nucleus."""

import sys
from pathlib import Path

import cv2
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
    if way == "windows":
        weights = benchmark.pedantic(compute_weight_map, (labels, W0, SIGMA), rounds=5)
    else:
        weights = benchmark.pedantic(weigh_plainly, (labels, W0, SIGMA), rounds=1)
    assert weights.shape == labels.shape
