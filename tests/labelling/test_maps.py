import numpy as np
import pytest

from nucleibench.errors import DataError
from nucleibench.labelling.maps import read_mean_map, write_map


def test_average_is_pixelwise(tmp_path):
    for member, value in (("a", 0.2), ("b", 0.6)):
        write_map(tmp_path / member / "x.npy", np.full((4, 5), value))
    mean = read_mean_map([tmp_path / "a/x.npy", tmp_path / "b/x.npy"])
    assert mean.shape == (4, 5)
    np.testing.assert_allclose(mean, 0.4, atol=1e-3)


def test_a_member_without_an_image_is_an_error(tmp_path):
    write_map(tmp_path / "a" / "x.npy", np.zeros((4, 4)))
    with pytest.raises(DataError, match=r"b/x.npy is missing; predict this method's images again"):
        read_mean_map([tmp_path / "a/x.npy", tmp_path / "b/x.npy"])
