import subprocess
import sys

import pytest

from nucleibench.data import monuseg
from nucleibench.data.archives import open_archive
from nucleibench.data.formats import FORMATS, DatasetFormat, plan_synthetic_images
from nucleibench.data.official import load_organs
from nucleibench.data.settings import Archive, Dataset, Synthetic
from nucleibench.data.synthetic import write_synthetic_archive
from nucleibench.errors import ConfigurationError


@pytest.fixture
def format_that_cannot_be_drawn(monkeypatch):
    """A format as its author adds it: a module and a line of the registry."""
    format = DatasetFormat(monuseg.find_samples, monuseg.read_sample)
    monkeypatch.setattr(sys.modules[__name__], "FORMAT", format, raising=False)
    monkeypatch.setitem(FORMATS.places, "new", f"{__name__}:FORMAT")
    return format


def test_every_format_can_be_imported():
    for name in FORMATS:
        assert isinstance(FORMATS[name], DatasetFormat)
    assert {name: FORMATS[name].split for name in FORMATS} == {
        "monuseg": "organ", "tnbc": "test", "consep": "test", "folder": "sheet"
    }  # fmt: skip


def test_formats_and_settings_are_light():
    code = "import sys, nucleibench.data.settings; print({'numpy', 'cv2'} & {*sys.modules})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "set()\n", result.stderr


@pytest.mark.parametrize(
    ("format", "part"),
    [("monuseg", "train"), ("tnbc", "all"), ("consep", "train"), ("folder", "all")],
)
def test_planned_images_are_those_that_the_archive_holds(synthetic_archives, format, part):
    with open_archive(synthetic_archives[format, part]) as archive:
        samples = FORMATS[format].find_samples(archive, part, load_organs(None))
    planned = plan_synthetic_images(format, part, len(samples))
    found = [(s.image, s.organ, s.image_member, s.annotation_member) for s in samples]
    assert found == sorted((p.image, p.organ, p.image_member, p.annotation_member) for p in planned)


def test_format_that_cannot_be_drawn_is_refused_in_words(format_that_cannot_be_drawn, tmp_path):
    with pytest.raises(ConfigurationError, match="images of the format new cannot be drawn; give"):
        write_synthetic_archive("new", tmp_path / "a.zip", "all", seed=1, images=1, size=64)
    assert list(tmp_path.iterdir()) == []


def test_new_format_is_a_setting_that_is_read_like_the_others(
    format_that_cannot_be_drawn, make_archive, monuseg_members
):
    path = str(make_archive(monuseg_members))
    with open_archive(path) as archive:
        assert len(FORMATS["new"].find_samples(archive, "all", load_organs(None))) == 2
    assert Dataset.read({"format": "new", "archives": {"all": {"path": path}}}).format == "new"
    # The other formats stay as they are.
    Dataset(format="tnbc", archives={"all": Archive(synthetic=Synthetic(images=1, size=64))})
