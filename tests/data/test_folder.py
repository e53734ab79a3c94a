"""A folder of one's own images and annotations."""

import json
from zipfile import ZipFile

import numpy as np
import pytest
from annotation_files import (
    annotation,
    coco,
    collection,
    feature,
    layer,
    mat,
    npy,
    outlined,
    region,
    tiff,
)
from drawn_folder import (
    LABELS,
    folder_dataset,
    members,
    picture,
    sized_picture,
    two_images,
)
from drawn_members import encode, square

from nucleibench.data.importing import import_dataset
from nucleibench.data.notices import notes_kept
from nucleibench.data.sheets import read_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import read_labels, read_rgb

CORNERS = [square(3, 5, 8), square(30, 20, 10)]
# In Aperio's files whole numbers are the centres of pixels.
XML = annotation(layer(*(region(np.add(o, [(0, 0), (-1, 0), (-1, -1), (0, -1)])) for o in CORNERS)))
GEOJSON = json.dumps(collection(*map(feature, CORNERS))).encode()
COCO = json.dumps(coco(*(outlined(o, number=n) for n, o in enumerate(CORNERS)))).encode()

ANNOTATIONS = {
    "a.tif": tiff(LABELS), "a.png": encode(".png", LABELS), "a.npy": npy(LABELS),
    "a.mat": mat(LABELS), "a.xml": XML, "a.geojson": GEOJSON, "a.json": GEOJSON,
    "all.json": COCO,
}  # fmt: skip


@pytest.fixture
def run(make_archive, tmp_path):
    """Import members of an archive; return the sheet by image, and what was told."""

    def run(members, test_organ="breast", **settings):
        archive, told = make_archive(members), []
        dataset = folder_dataset(archive, **settings)
        with notes_kept(told):
            import_dataset(
                "mine", dataset, {"all": archive}, tmp_path / "out", test_organ, None, workers=1
            )
        return read_sheet(tmp_path / "out" / "images.csv").set_index("image"), told

    return run


@pytest.mark.parametrize("name", ANNOTATIONS)
def test_every_kind_of_annotation_gives_the_same(run, tmp_path, name):
    sheet, told = run({"images/a.png": picture(), f"labels/{name}": ANNOTATIONS[name]})
    np.testing.assert_array_equal(read_labels(tmp_path / "out" / "labels" / "a.tif"), LABELS)
    row = sheet.loc["a"].drop("sha256").tolist()
    assert row == ["unknown", "a", "all", "test", 40, 50, 2, 0.25]
    assert told == [
        "a: neither its file nor a table states its pixel size; 0.25 micrometres are taken: give "
        "pixel_size in images.csv or in the settings of the dataset"
    ]


def test_folder_and_zip_nested_or_not_give_the_same(run, make_archive, tmp_path):
    first, _ = run({f"my/data/{name}": content for name, content in members().items()})
    with ZipFile(make_archive(members(), "flat.zip")) as archive:
        archive.extractall(tmp_path / "unpacked")
    (tmp_path / "unpacked" / "images" / ".DS_Store").touch()
    (tmp_path / "unpacked" / "labels" / "Thumbs.db").touch()
    dataset = folder_dataset(tmp_path / "unpacked", pixel_size=0.25)
    paths = {"all": tmp_path / "unpacked"}
    import_dataset("mine", dataset, paths, tmp_path / "second", "breast", None, workers=1)
    assert first.equals(read_sheet(tmp_path / "second" / "images.csv").set_index("image"))
    image = read_rgb(tmp_path / "second" / "images" / "a.png")
    np.testing.assert_array_equal(image, read_rgb(tmp_path / "out" / "images" / "a.png"))


def test_table_says_what_is_known_of_an_image(run):
    sheet, _ = run(two_images(), pixel_size=0.3)
    columns = ["organ", "patient", "split", "pixel_size"]
    assert sheet.loc["a", columns].tolist() == ["liver", "p1", "train", 0.5]
    assert sheet.loc["b", columns].tolist() == ["breast", "p2", "test", 0.3]


def test_pixel_size_of_the_file_unless_another_is_given(run):
    given = {"images/a.tif": sized_picture(), "labels/a.tif": tiff(LABELS)}
    assert run(given)[0].pixel_size["a"] == pytest.approx(0.5)
    sheet, told = run(given, pixel_size=0.25)
    assert sheet.pixel_size["a"] == 0.25
    assert "a: its file states pixels of 0.5 micrometres, but 0.25 is given and taken" in told


def test_split_by_organ(run):
    sheet, _ = run(two_images(), split="organ")
    assert sheet.split.to_dict() == {"a": "train", "b": "test"}
    sheet, _ = run(two_images(), split="organ", test_organ="liver")
    assert sheet.split.to_dict() == {"a": "test", "b": "train"}
    sheet, _ = run(two_images(), split="test")
    assert set(sheet.split) == {"test"}


def test_organ_that_decides_is_asked_for(run):
    with pytest.raises(DataError, match="mine: the organ of a is not known, so it cannot be told"):
        run(members(), split="organ")
    with pytest.raises(ConfigurationError, match="'lung' is not among the organs of mine: breast"):
        run(two_images(), split="organ", test_organ="lung")


def test_organs_and_patients_of_a_table_beside_the_data(run, tmp_path):
    table = tmp_path / "organs.csv"
    table.write_text("image,organ,patient\na,Spleen,p9\n*,lung,\n")
    images = {"images/b.png": picture(1), "labels/b.tif": tiff(LABELS)}
    sheet, _ = run(members(**images), organs=str(table))
    assert sheet.organ.to_dict() == {"a": "spleen", "b": "lung"}
    assert sheet.patient.to_dict() == {"a": "p9", "b": "b"}


def test_what_has_no_counterpart_is_left_out_and_told(run):
    others = {"images/b.png": picture(1), "labels/c.tif": tiff(LABELS), "images/notes.txt": b""}
    others["labels/info.json"] = b"{}"
    sheet, told = run(members(**others))
    assert sheet.index.tolist() == ["a"]
    told = " ".join(told)
    assert "no annotation for b; left out" in told
    assert "no image for annotation labels/c.tif, labels/info.json; left out" in told
    assert "images/notes.txt: not of a kind that is read from images/" in told


def test_images_that_a_coco_file_does_not_name_have_no_annotation(run):
    images = {"images/a.png": picture(), "images/b.png": picture(1), "labels/all.json": COCO}
    sheet, told = run(images)
    assert sheet.index.tolist() == ["a"]
    assert "no annotation for b; left out" in told[0]


TWICE = {
    "images": ({"images/a.tif": b""}, "images/a.png and images/a.tif have the same image id a"),
    "patients' folders": (
        {"images/p2/a.png": b""},
        "have the same image id a; rename or",
    ),
    "annotations": ({"labels/a.xml": b""}, "labels/a.tif and labels/a.xml have the same image id"),
    "annotation in COCO": ({"labels/all.json": COCO}, "labels/a.tif and labels/all.json both anno"),
    "tables": ({"images.csv": "image\na\n", "x/images.csv": ""}, "x/images.csv; keep one table"),
}


@pytest.mark.parametrize("case", TWICE)
def test_what_is_there_twice_is_refused(run, case):
    others, message = TWICE[case]
    with pytest.raises(DataError) as caught:
        run(members(**others))
    assert message in str(caught.value)


def test_folder_of_something_else_is_refused(run):
    for other in ({"readme.txt": b""}, {"labels/a.tif": b""}):
        with pytest.raises(DataError, match="holds no annotated images"):
            run(other)


def test_images_without_annotations_are_refused_with_what_can_be_done(run):
    with pytest.raises(DataError, match=r"holds 1 image and no annotation .* can be segmented"):
        run({"images/a.png": b""})


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name\na\n", "has the columns name, but needs image, and commas between them"),
        ("image;organ\na;liver\n", "has the columns image;organ, but needs image"),
        ("", "has the columns none"),
        ("image,organ\na,liver\n", "has no line for b; add it"),
        ("image\na\na\nb\n", "line 3 names a again"),
        ("image,organ\n,liver\n", "line 2 has no image"),
        ("image,split\na,train\nb,\n", "line 3 (b): split is empty; write train or test"),
        ("image,split\na,training\nb,test\n", "line 2 (a): split is training; write train or test"),
        ("image,pixel_size\na,20x\nb,1\n", "line 2 (a): pixel_size is 20x, but it is a number of"),
        ("image,pixel_size\na,0.5\nb,250\n", "line 3 (b): pixel_size is 250"),
        (b"image\n\xff\n", "not readable as CSV in UTF-8"),
    ],
)
def test_table_that_cannot_be_is_refused(run, table, message):
    with pytest.raises(DataError) as caught:
        run(two_images(table))
    assert message in str(caught.value)
    assert "archive.zip: images.csv: " in str(caught.value)


def test_columns_and_lines_that_are_not_used_are_told(run):
    table = "\ufeffimage,organ,scanner\na.png,liver,x\nb,lung,y\nc,skin,z\n"
    sheet, told = run(two_images(table))
    assert sheet.organ.to_dict() == {"a": "liver", "b": "lung"}
    assert any("the column scanner is not read" in note for note in told)
    assert any("there is no image c; its line is not used" in note for note in told)


ODD = {
    "same image": ("image\na\nb\n", picture(), "mine: a, b have the same pixels"),
    "patient in both splits": (
        "image,patient,split\na,p,train\nb,p,test\n", picture(1), "mine: patient p is in test and",
    ),
    "two patients of one name": (
        "image,patient,organ\na,1,liver\nb,1,lung\n", picture(1), "1 has images of liver and lung",
    ),
    "another scale": (
        "image,pixel_size\na,0.5\nb,0.25\n", picture(1),
        "mine: 1 image of 2 has pixels of 0.5 micrometres. The workflow brings these images to",
    ),
    "a scale at which nuclei are dots": (
        "image,pixel_size\na,1.2\nb,0.5\n", picture(1), "mine: a: pixels of more than 1 micrometre",
    ),
    "training on the test organ": (
        "image,organ,split\na,breast,train\nb,lung,test\n", picture(1), "mine: a: of breast, which",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_what_is_odd_is_told(run, case):
    table, other, message = ODD[case]
    _, told = run(two_images(table, **{"images/b.png": other}))
    assert any(message in note for note in told), told


def test_labels_of_another_image_are_told(run):
    _, told = run(members(**{"labels/a.tif": tiff(LABELS[::-1, ::-1])}))
    assert any(note.startswith("a: its nuclei are not darker than the rest") for note in told)
