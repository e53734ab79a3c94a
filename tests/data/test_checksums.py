"""Checksums of local archives."""

import pytest

from nucleibench.data.importing import DataWarning, check_local_archives
from nucleibench.data.settings import Archive, Dataset
from nucleibench.errors import DataError
from nucleibench.files import file_digest


def checked_dataset(**sources):
    return Dataset(format="tnbc", archives={"all": Archive(**sources)})


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_local_archive_with_another_checksum_is_refused(make_archive, algorithm):
    archive = make_archive({"readme.txt": b"hello"})
    found = file_digest(archive, algorithm)
    check_local_archives(checked_dataset(path=str(archive), **{algorithm: found}))
    check_local_archives(checked_dataset(path=str(archive), **{algorithm: found.upper()}))
    dataset = checked_dataset(path=str(archive), **{algorithm: found[::-1]})
    with pytest.raises(
        DataError, match=rf"archive\.zip: its {algorithm} is {found}, but {found[::-1]}"
    ):
        check_local_archives(dataset)


def test_local_archive_that_is_not_the_download_byte_for_byte_warns(make_archive):
    archive = make_archive({"readme.txt": b"hello"})
    dataset = checked_dataset(path=str(archive), google_drive="x", sha256="0" * 64)
    with pytest.warns(DataWarning, match=f"its sha256 is {file_digest(archive)}, but 0000"):
        check_local_archives(dataset)


def test_archives_that_are_folders_or_come_from_elsewhere_have_no_checksum_to_compare(tmp_path):
    for sources in ({"path": str(tmp_path)}, {"url": "https://host/a.zip"}):
        check_local_archives(checked_dataset(**sources, sha256="0" * 64))
