"""Hosts that fail, each a real server of this machine: what stays is whole, or nothing stays."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from small_disk import small_disk

from nucleibench.data import download
from nucleibench.errors import DataError

CONTENT = bytes(range(256)) * 1000
CHECKSUM = ("sha256", hashlib.sha256(CONTENT).hexdigest())
LOGIN = b"\n<!DOCTYPE html><html><title>Sign in</title></html>"


class Handler(BaseHTTPRequestHandler):
    """Does what the path says."""

    def do_GET(self):
        self.server.asked.append(self.path)
        getattr(self, self.path.strip("/"))()

    def send(self, content: bytes, length: int | None = None):
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def good(self):
        self.send(CONTENT)

    def failing_once(self):
        self.send_error(500) if len(self.server.asked) == 1 else self.good()

    def failing(self):
        self.send_error(503)

    def redirecting(self):
        self.send_response(302)
        self.send_header("Location", "/login")
        self.end_headers()

    def login(self):
        self.send(LOGIN)

    def slow(self):
        """Send a byte now and then, without end."""
        self.send(b"", length=2**30)
        while not self.server.stopped.wait(0.05):
            self.wfile.write(b".")

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked, server.stopped, server.daemon_threads = [], threading.Event(), True
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.stopped.set()
        server.shutdown()


def fetch(server, place, path, checksum=CHECKSUM):
    address = f"http://127.0.0.1:{server.server_port}/{place}"
    download.download_file(address, path, checksum, "use a local copy")


def refused(server, place, path, checksum=CHECKSUM) -> str:
    with pytest.raises(DataError) as caught:
        fetch(server, place, path, checksum)
    assert list(path.parent.iterdir()) == [], "something partial was kept"
    return str(caught.value)


def test_a_host_that_fails_once(server, tmp_path):
    fetch(server, "failing_once", tmp_path / "a.zip")
    assert (tmp_path / "a.zip").read_bytes() == CONTENT
    assert len(server.asked) == 2


def test_a_host_that_keeps_failing(server, tmp_path):
    said = refused(server, "failing", tmp_path / "a.zip")
    assert "127.0.0.1 refused" in said
    assert "503 Service Unavailable\nuse a local copy" in said
    assert len(server.asked) == download.ATTEMPTS


@pytest.mark.parametrize("checksum", [CHECKSUM, None])
def test_a_page_that_asks_for_a_login(server, tmp_path, checksum):
    said = refused(server, "redirecting", tmp_path / "a.zip", checksum)
    assert "sent a web page and not a file: the host asks for a login" in said
    assert server.asked == ["/redirecting", "/login"]


def test_a_host_that_sends_without_end(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "LIMIT_SECONDS", 1)
    start = time.monotonic()
    assert "not done after 1 seconds" in refused(server, "slow", tmp_path / "a.zip")
    assert time.monotonic() - start < 5


def test_a_full_disk(server, tmp_path):
    with small_disk(tmp_path / "small"):
        said = refused(server, "good", tmp_path / "small" / "a.zip")
    assert "a.zip cannot be written: No space left on device" in said
