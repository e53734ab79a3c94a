import pytest

from nucleibench.errors import ConfigurationError
from nucleibench.slides.cohort import find_slides


@pytest.fixture
def folder(tmp_path):
    for name in ("one.svs", "case/two.tif", "case/notes.txt"):
        (tmp_path / "slides" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "slides" / name).write_bytes(b"slide")
    return tmp_path / "slides"


def sheet(folder, *lines):
    path = folder / "cohort.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_all_slides_below_a_folder_are_found(folder, tmp_path):
    found = find_slides(folder, tmp_path / "out")
    assert [(slide.name, slide.patient, slide.pixel_size) for slide in found] == [
        ("case/two", "case/two", None),
        ("one", "one", None),
    ]


def test_files_of_other_kinds_are_told(folder, tmp_path):
    for name in ("three.kfb", "case/four.gif"):
        (folder / name).write_bytes(b"slide")
    lines = []
    assert len(find_slides(folder, tmp_path / "out", lines.append)) == 2
    assert lines == ["passed over: 2 files (.gif, .kfb)"]


def test_a_sheet_says_which_slides_there_are_and_whose(folder):
    lines = ("slide,patient,pixel_size,age", "one.svs,P1,,61", "case/two.tif,P2,0.5,47")
    one, two = find_slides(sheet(folder, *lines), folder / "out")
    assert (one.name, one.path, one.patient, one.pixel_size) == (
        "one",
        folder / "one.svs",
        "P1",
        None,
    )
    assert (two.name, two.patient, two.pixel_size) == ("two", "P2", 0.5)
    (alone,) = find_slides(sheet(folder, "slide", "one.svs"), folder / "out")
    assert alone.patient == "one"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("file,patient", "one.svs,P1"), "has no column slide"),
        (("slide", "none.svs"), "line 2: there is no file"),
        (("slide,pixel_size", "one.svs,20x"), "'20x' is not a number from 0.05 to 5 micrometres"),
        (("slide,pixel_size", "one.svs,100"), "'100' is not a number from 0.05 to 5 micrometres"),
        (("slide", "one.svs", "case/../one.svs"), "two images would have results called one"),
        (("slide",), "lists no slides"),
    ],
)
def test_what_is_wrong_with_a_sheet_is_told(folder, lines, said):
    with pytest.raises(ConfigurationError, match=said):
        find_slides(sheet(folder, *lines), folder / "out")


def test_a_place_without_slides_is_told(folder, tmp_path):
    with pytest.raises(ConfigurationError, match=r"slides.images: .*nowhere does not exist"):
        find_slides(tmp_path / "nowhere", tmp_path / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match="empty holds no images"):
        find_slides(tmp_path / "empty", tmp_path / "out")
