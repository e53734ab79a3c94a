import os
import stat
import zipfile
from zipfile import ZipFile, ZipInfo

import pytest

from nucleibench.data import archives
from nucleibench.data.archives import open_archive
from nucleibench.errors import DataError

MEMBERS = {"b/2.txt": b"two" * 100, "a/1.txt": b"one" * 100}
CLUTTER = ["__MACOSX/a/1.txt", ".DS_Store", "a/.DS_Store", "a/._1.txt"]


def write_zip(path, members):
    with ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.fixture(params=["zip", "folder"])
def archive_path(request, tmp_path):
    members = MEMBERS | dict.fromkeys(CLUTTER, b"clutter")
    if request.param == "zip":
        return write_zip(tmp_path / "data.zip", {"a/": b""} | members)
    for name, content in members.items():
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "data"


def test_zip_and_folder_give_the_same(archive_path):
    with open_archive(archive_path) as archive:
        assert archive.names() == ["a/1.txt", "b/2.txt"]
        assert {name: archive.read(name) for name in archive.names()} == MEMBERS
        assert archive.path == archive_path


def read_all(path):
    with open_archive(path) as archive:
        return {name: archive.read(name) for name in archive.names()}


def assert_refused(path, *parts):
    with pytest.raises(DataError) as caught:
        read_all(path)
    for part in (str(path), *parts):
        assert part in str(caught.value)


def test_missing_archive(tmp_path):
    assert_refused(tmp_path / "none.zip", "no such archive or folder")


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("/etc/passwd", "absolute path"),
        ("\\\\host\\share", "absolute path"),
        ("C:/x.txt", "absolute path"),
        ("c:x.txt", "absolute path"),
        ("a/../../x.txt", "'..'"),
        ("a\\..\\x.txt", "'..'"),
        ("../", "'..'"),
        ("__MACOSX/../x.txt", "'..'"),
    ],
)
def test_names_that_lead_out_are_refused(tmp_path, name, fault):
    path = write_zip(tmp_path / "evil.zip", MEMBERS | {name: b"x"})
    assert_refused(path, name, fault, "get the archive again")


def test_link_in_zip_is_refused(tmp_path):
    link = ZipInfo("a/link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert_refused(tmp_path / "evil.zip", "a/link.txt is a link")


def test_link_in_folder_is_refused(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    os.symlink("/etc/passwd", folder / "link.txt")
    assert_refused(folder, "link.txt is a link", "put the file itself in its place")


@pytest.mark.parametrize("kept", [0, 0.3, 0.9])
def test_zip_cut_short_is_refused(tmp_path, kept):
    path = write_zip(tmp_path / "short.zip", MEMBERS)
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content))])
    assert_refused(path, "damaged or cut short")


def test_zip_whose_names_are_damaged_is_refused(tmp_path):
    path = write_zip(tmp_path / "names.zip", {"é.txt": b"x"})
    path.write_bytes(path.read_bytes().replace("é".encode(), b"\xff\xff"))
    assert_refused(path, "damaged or cut short")


def test_zip_that_needs_a_newer_program_is_refused(tmp_path):
    path = write_zip(tmp_path / "newer.zip", {"a.txt": b"x"})
    directory = path.read_bytes().index(b"PK\1\2")
    content = bytearray(path.read_bytes())
    content[directory + 6] = 99
    path.write_bytes(content)
    assert_refused(path, "damaged or cut short")


def test_file_that_is_no_zip_is_refused(tmp_path):
    (tmp_path / "page.zip").write_text("<html>quota exceeded</html>")
    assert_refused(tmp_path / "page.zip", "not a zip file")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_changed_bytes_are_noticed(tmp_path, method):
    path = tmp_path / "changed.zip"
    with ZipFile(path, "w", method) as archive:
        archive.writestr("a/1.txt", os.urandom(1000))
    content = bytearray(path.read_bytes())
    content[500] ^= 0xFF
    path.write_bytes(content)
    assert_refused(path, "a/1.txt is damaged")


def test_unreadable_file_in_folder_is_named(tmp_path):
    (tmp_path / "1.txt").write_bytes(b"x")
    with open_archive(tmp_path) as archive:
        (tmp_path / "1.txt").unlink()
        with pytest.raises(DataError, match=r"1\.txt cannot be read"):
            archive.read("1.txt")


def test_absurd_member_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MEMBER_LIMIT", 10_000)
    path = write_zip(tmp_path / "bomb.zip", {"zeros.tif": bytes(10_001)})
    assert_refused(path, "zeros.tif would unpack to 10,001 bytes")


def test_absurd_total_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "TOTAL_LIMIT", 10_000)
    path = write_zip(tmp_path / "bomb.zip", {f"{i}.tif": bytes(6_000) for i in range(2)})
    assert_refused(path, "would unpack to 12,000 bytes")
