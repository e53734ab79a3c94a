import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nucleibench.errors import DataError
from nucleibench.families.mask_rcnn import pretrained


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
        pretrained.fetch_coco_weights(tmp_path / "coco" / "mask_rcnn_coco.h5")
    assert not list((tmp_path / "coco").iterdir())
