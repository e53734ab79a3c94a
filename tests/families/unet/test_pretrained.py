import re

import pytest

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.families.unet.encoders import ENCODERS
from nucleibench.families.unet.pretrained import check_encoder_weights, published_weights


@pytest.mark.parametrize("encoder", sorted(set(ENCODERS) - {"compact", "efficientnet_lite0"}))
def test_every_encoder_of_the_paper_has_published_weights(encoder):
    weights = published_weights(encoder)
    assert weights.source.startswith("https://")
    assert weights.file == f"{encoder}.h5"
    assert weights.algorithm == "md5"
    assert re.fullmatch("[0-9a-f]{32}", weights.digest)


def test_an_encoder_without_published_weights_is_told():
    with pytest.raises(ConfigurationError, match="no ImageNet weights of mobilenet are known; add"):
        published_weights("mobilenet")


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path):
    path = tmp_path / "vgg16.h5"
    path.write_bytes(b"abc")
    # The MD5 test vector of RFC 1321.
    found = "900150983cd24fb0d6963f7d28e17f72"
    with pytest.raises(
        DataError, match=f"md5 {found} is not that of the ImageNet weights of vgg16"
    ):
        check_encoder_weights("vgg16", path)
