import hashlib
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from nucleibench.data.download import download_archive
from nucleibench.data.settings import Archive, Synthetic
from nucleibench.errors import ConfigurationError, DataError

CONTENT = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MD5 = hashlib.md5(CONTENT).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves the archive at /good, a part of it at /truncated, at /flaky a part the first time."""

    def do_GET(self):
        self.server.requests += 1
        if self.path == "/missing":
            return self.send_error(404)
        broken = self.path == "/truncated" or (self.path == "/flaky" and self.server.requests == 1)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[: len(CONTENT) // 2] if broken else CONTENT)

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.requests = 0
        server.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def download(source, path):
    download_archive(Archive(**source), path, dataset="monuseg", part="train")


@pytest.mark.parametrize("checksum", [{"sha256": SHA256}, {"md5": MD5}, {"sha256": SHA256.upper()}])
def test_good_file_arrives_whole(server, tmp_path, checksum):
    download({"url": f"{server.url}/good"} | checksum, tmp_path / "new" / "a.zip")
    assert (tmp_path / "new" / "a.zip").read_bytes() == CONTENT
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["a.zip"]


def test_file_that_is_there_is_not_fetched_again(server, tmp_path):
    source = {"url": f"{server.url}/good", "sha256": SHA256}
    for _ in range(2):
        download(source, tmp_path / "a.zip")
    assert server.requests == 1


def test_wrong_file_that_is_there_is_replaced(server, tmp_path):
    (tmp_path / "a.zip").write_bytes(b"old")
    download({"url": f"{server.url}/good", "sha256": SHA256}, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_mismatch_names_both_sums_and_keeps_nothing(server, tmp_path):
    expected = "0" * 64
    with pytest.raises(DataError) as caught:
        download({"url": f"{server.url}/good", "sha256": expected}, tmp_path / "a.zip")
    for part in (expected, SHA256, "a.zip", f"{server.url}/good"):
        assert part in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_without_checksum_a_warning_gives_it(server, tmp_path):
    with pytest.warns(UserWarning, match=f"sha256: {SHA256}"):
        download({"url": f"{server.url}/good"}, tmp_path / "a.zip")


def test_refusal_is_not_tried_again(server, tmp_path):
    with pytest.raises(DataError, match=r"127\.0\.0\.1 refused .*: 404 Not Found"):
        download({"url": f"{server.url}/missing", "sha256": SHA256}, tmp_path / "a.zip")
    assert server.requests == 1
    assert list(tmp_path.iterdir()) == []


def test_broken_transfer_is_tried_again(server, tmp_path):
    download({"url": f"{server.url}/flaky", "sha256": SHA256}, tmp_path / "a.zip")
    assert server.requests == 2
    assert (tmp_path / "a.zip").read_bytes() == CONTENT


def test_transfer_that_keeps_breaking_keeps_nothing(server, tmp_path):
    with pytest.raises(DataError, match=r"failed: .*IncompleteRead"):
        download({"url": f"{server.url}/truncated", "sha256": SHA256}, tmp_path / "a.zip")
    assert server.requests == 3
    assert list(tmp_path.iterdir()) == []


ADVICE = """\
datasets:
  monuseg:
    archives:
      train:
        path: /where/you/keep/a.zip
"""


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def test_absent_host_tells_how_to_use_a_local_archive(tmp_path):
    source = {"url": f"http://127.0.0.1:{closed_port()}/a.zip", "sha256": SHA256}
    with pytest.raises(DataError, match=r"127\.0\.0\.1 could not be reached") as caught:
        download(source, tmp_path / "a.zip")
    assert ADVICE in str(caught.value)


def test_google_drive_out_of_reach_tells_how_to_use_a_local_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port()}")
    with pytest.raises(DataError, match=r"drive\.google\.com could not be reached") as caught:
        download({"google_drive": "some-id", "sha256": SHA256}, tmp_path / "a.zip")
    assert ADVICE in str(caught.value)


@pytest.mark.parametrize(
    "source", [{"path": "a.zip"}, {"synthetic": Synthetic(images=1, size=64), "sha256": SHA256}]
)
def test_source_without_address_is_refused(tmp_path, source):
    with pytest.raises(
        ConfigurationError, match=r"datasets\.monuseg\.archives\.train names nothing"
    ):
        download(source, tmp_path / "a.zip")


def test_web_comes_before_google_drive(server, tmp_path):
    source = {"google_drive": "some-id", "url": f"{server.url}/good", "sha256": SHA256}
    download(source, tmp_path / "a.zip")
    assert server.requests == 1


def test_stronger_checksum_decides(server, tmp_path):
    checksums = {"md5": "0" * 32, "sha256": SHA256}
    download({"url": f"{server.url}/good"} | checksums, tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
