"""Archives that zip programs write and that must not be read as if nothing were odd."""

import zipfile

import pytest

from nucleibench.data.archives import open_archive
from nucleibench.errors import DataError


def test_an_encrypted_member(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("image.tif", b"content")
    content = bytearray(path.read_bytes())
    # The first bit of the flags, in the header of the member and in the directory.
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with open_archive(path) as opened, pytest.raises(DataError, match=r"image\.tif .*encrypted"):
        opened.read("image.tif")


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_stands_twice(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("image.tif", b"one")
        archive.writestr("image.tif", b"another")
    with pytest.raises(DataError, match=r"image\.tif stands twice"), open_archive(path):
        pass
