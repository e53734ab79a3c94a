import re

import pytest
from pydantic import ValidationError

from nucleibench.data.settings import Archive, Dataset, Synthetic

SYNTHETIC = {"images": 3, "size": 64}
SOURCES = {"path": "a.zip", "synthetic": SYNTHETIC, "url": "https://a/b.zip", "google_drive": "x"}


def test_nearest_source_is_taken():
    sources = dict(SOURCES)
    for name in SOURCES:
        assert Archive.read(sources).source == name
        del sources[name]


def test_section_comes_back_without_what_was_not_given():
    section = {
        "format": "monuseg",
        "archives": {
            "train": {"synthetic": SYNTHETIC},
            "test": {"url": "https://a/b.zip", "sha256": "0a" * 32},
        },
    }
    dataset = Dataset.read(section)
    assert dataset.archives["train"] == Archive(synthetic=Synthetic(images=3, size=64))
    assert dataset.model_dump(mode="json", exclude_none=True) == section
    assert list(dataset.archives) == ["train", "test"]


def test_checksums_are_lower_case_and_the_strongest_first():
    archive = Archive(path="a.zip", md5="AB" * 16, sha256="CD" * 32)
    assert list(archive.checksums.items()) == [("sha256", "cd" * 32), ("md5", "ab" * 16)]
    assert Archive(path="a.zip").checksums == {}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "pannuke"}, "'pannuke' is not one of: monuseg, tnbc, consep, folder"),
        ({"archives": {}}, "at least 1 item"),
        ({"archives": {"a b": SOURCES}}, "should match pattern"),
        ({"archives": {"a": {}}}, "no source of the archive; give one of path, synthetic, url, go"),
        ({"archives": {"a": {"sha256": "0" * 64}}}, "no source of the archive"),
        ({"archives": {"a": {"url": "ftp://host/a.zip"}}}, "should match pattern"),
        ({"archives": {"a": {"path": "a.zip", "sha256": "0" * 63}}}, "should match pattern"),
        ({"archives": {"a": {"path": "a.zip", "md5": "g" * 32}}}, "should match pattern"),
        ({"archives": {"a": {"synthetic": {"images": 0, "size": 64}}}}, "greater than or equal"),
        ({"archives": {"a": {"synthetic": {"images": 1, "size": 63}}}}, "greater than or equal"),
        ({"archives": {"a": {"synthetic": {"images": 1}}}}, "Field required"),
        ({"archives": {"a": {"file": "a.zip"}}}, "Extra inputs are not permitted"),
    ],
)
def test_wrong_settings_are_refused(change, message):
    with pytest.raises(ValidationError, match=re.escape(message)):
        Dataset.read({"format": "monuseg", "archives": {"all": SOURCES}} | change)
