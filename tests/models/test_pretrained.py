import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nucleibench.errors import DataError
from nucleibench.models import pretrained
from nucleibench.models.encoders import ENCODERS
from nucleibench.models.pretrained import (
    _published,
    check_encoder_weights,
    fetch_coco_weights,
)


@pytest.mark.parametrize("encoder", sorted(set(ENCODERS) - {"compact"}))
def test_every_encoder_of_the_paper_has_published_weights(encoder):
    source = _published(encoder)
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


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def served(tmp_path):
    """A folder, and the address under which its files can be fetched."""
    folder = tmp_path / "served"
    folder.mkdir()
    handler = partial(QuietHandler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_another_file_than_the_coco_checkpoint_is_not_kept(served, tmp_path, monkeypatch):
    folder, address = served
    (folder / "mask_rcnn_coco.h5").write_bytes(b"abc")
    assert pretrained.COCO_URL.endswith("/v2.0/mask_rcnn_coco.h5")
    monkeypatch.setattr(pretrained, "COCO_URL", f"{address}/mask_rcnn_coco.h5")
    with pytest.raises(DataError, match=f"md5 is 900150983cd2.*, but {pretrained.COCO_MD5} was"):
        fetch_coco_weights(tmp_path / "coco" / "mask_rcnn_coco.h5")
    assert not list((tmp_path / "coco").iterdir())
