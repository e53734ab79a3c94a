import re

import pytest

from nucleibench.errors import DataError
from nucleibench.families.unet.encoders import ENCODERS
from nucleibench.families.unet.pretrained import check_encoder_weights, published_weights


@pytest.mark.parametrize("encoder", sorted(set(ENCODERS) - {"compact"}))
def test_every_encoder_of_the_paper_has_published_weights(encoder):
    source = published_weights(encoder)
    assert source["url"].startswith("https://")
    assert source["url"].endswith(".h5")
    assert re.fullmatch("[0-9a-f]{32}", source["md5"])


def test_a_file_that_is_not_the_published_one_is_refused(tmp_path):
    path = tmp_path / "vgg16.h5"
    path.write_bytes(b"abc")
    # The MD5 test vector of RFC 1321.
    found = "900150983cd24fb0d6963f7d28e17f72"
    with pytest.raises(
        DataError, match=f"md5 {found} is not that of the ImageNet weights of vgg16"
    ):
        check_encoder_weights("vgg16", path)
