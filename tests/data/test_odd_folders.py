"""Names and tables of a folder that may mean something else than they seem to."""

import unicodedata

import pytest
from annotation_files import tiff
from drawn_folder import LABELS, folder_dataset, members, picture, two_images

from nucleibench.data.checking import check_dataset
from nucleibench.errors import DataError


@pytest.fixture
def check(make_archive):
    return lambda members: check_dataset("mine", folder_dataset(make_archive(members)))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_forms_of_unicode_are_one_name(check, form):
    name = "caf\N{LATIN SMALL LETTER E WITH ACUTE}"
    other = unicodedata.normalize(form, name)
    files = {f"images/{other}.png": picture(), f"labels/{name}.tif": tiff(LABELS)}
    (row,) = check(files | {"images.csv": f"image,organ\n{other}.png,liver\n"}).rows
    assert (row.image, row.organ) == (name, "liver")


def test_names_that_differ_only_in_case_are_refused(check):
    with pytest.raises(DataError, match=r"images/A.png and images/a.png have but for case the s"):
        check(members(**{"images/A.png": picture(1)}))


@pytest.mark.parametrize("name", ["labels/A.png", "labels/a_mask.png", "labels/a.jpg"])
def test_annotations_of_other_names_are_named(check, name):
    with pytest.raises(DataError, match=f"but there are {name} and images/a.png; without"):
        check({"images/a.png": picture(), name: picture()})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("image,organ\na,x\na.png,y\n", "a and a.png are one image; each image needs one line"),
        ("image,patient\na,Doe, Jane\n", "line 2 has more values than there are columns"),
        ("image,organ,organ\na,x,y\n", "has the column organ twice; remove one"),
        ("image,organ\nA,x\n", "has no line for a; write a for A, if that is meant"),
        ('image,organ\n"a,x\n', "not readable as CSV in UTF-8"),
    ],
)
def test_a_table_that_may_mean_something_else_is_refused(check, table, message):
    with pytest.raises(DataError, match=message):
        check(members(**{"images.csv": table}))


def test_empty_lines_and_columns_of_a_table_do_not_matter(check):
    summary = check(members(**{"images.csv": "\ufeffimage,organ,\n,,\na, Liver ,\n,,\n"}))
    assert summary.count("organ") == {"liver": 1}
    assert "column" not in " ".join(summary.lines())


def test_a_table_of_another_name_is_told(check):
    told = check(members(**{"images.xlsx": b"PK"})).notes[""]
    assert "images.xlsx: not read; a table of the images is images.csv" in " ".join(told)


def test_patients_that_differ_in_case_are_told(check):
    told = check(two_images("image,patient\na,Smith\nb,smith\n")).notes[""]
    assert "patients Smith and smith differ only in case; are they one patient?" in told


def test_one_image_is_not_images(check):
    assert check(members()).lines()[0] == "mine: 1 image of 1 patient, 2 nuclei"
