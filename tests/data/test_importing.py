import csv
import warnings
from zipfile import ZipFile

import cv2
import numpy as np
import pytest
import tifffile
from drawn_members import encode, square
from elementtree_loop import label_map

from nucleibench.data.aperio import encode_regions
from nucleibench.data.importing import DataWarning, import_dataset, warnings_told
from nucleibench.data.official import known_digests, pixel_digest
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import read_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import read_labels, read_rgb


def local_dataset(format, archives, organs=None):
    sources = {part: {"path": str(path)} for part, path in archives.items()}
    return Dataset.read({"format": format, "organs": organs, "archives": sources})


def run(format, archives, folder, reference_image=None, organs=None, workers=1):
    dataset = local_dataset(format, archives, organs)
    import_dataset("mine", dataset, archives, folder, "breast", reference_image, workers)
    return read_sheet(folder / "images.csv").set_index("image")


def assert_refused(format, archive, folder, *parts, error=DataError, **options):
    with pytest.raises(error) as caught:
        run(format, {"all": archive}, folder, **options)
    for part in parts:
        assert part in str(caught.value)
    assert not (folder / "images.csv").exists()


def test_monuseg_images_labels_and_sheet(make_archive, monuseg_members, tmp_path):
    archive = make_archive(monuseg_members)
    sheet = run("monuseg", {"train": archive}, tmp_path / "out", reference_image="SYN-LIVER-01")
    row = sheet.loc["SYN-BREAST-01"]
    assert row.drop("sha256").tolist() == [
        "breast", "SYN-BREAST-01", "train", "test", 20, 30, 2, 0.25
    ]  # fmt: skip
    assert sheet.split["SYN-LIVER-01"] == "reference"
    image = read_rgb(tmp_path / "out" / "images" / "SYN-BREAST-01.png")
    data = np.frombuffer(monuseg_members["Tissue Images/SYN-BREAST-01.tif"], np.uint8)
    np.testing.assert_array_equal(image[..., ::-1], cv2.imdecode(data, cv2.IMREAD_COLOR))
    assert row.sha256 == pixel_digest(image)
    labels = tifffile.imread(tmp_path / "out" / "labels" / "SYN-BREAST-01.tif")
    assert labels.dtype == np.uint16
    assert np.bincount(labels.ravel()).tolist() == [20 * 30 - 25 - 49, 25, 49]


def test_folder_and_other_nesting_give_the_same(make_archive, monuseg_members, tmp_path):
    flat = {f"deep/er/{name.split('/')[-1]}": data for name, data in monuseg_members.items()}
    with ZipFile(make_archive(flat)) as archive:
        archive.extractall(tmp_path / "unpacked")
    first = run("monuseg", {"all": make_archive(monuseg_members, "b.zip")}, tmp_path / "first")
    second = run("monuseg", {"all": tmp_path / "unpacked"}, tmp_path / "second")
    assert first.equals(second)


def test_one_part_of_a_dataset_is_imported_alone(synthetic_archives, tmp_path):
    for part, images in (("train", 5), ("test", 2)):
        archives = {part: synthetic_archives["monuseg", part]}
        sheet = run("monuseg", archives, tmp_path / part, reference_image=None)
        assert len(sheet) == images
        assert set(sheet.part) == {part}
        assert set(sheet.split) == {"train", "test"}


def test_tnbc_images_all_test(make_archive, tnbc_members, tmp_path):
    sheet = run("tnbc", {"all": make_archive(tnbc_members)}, tmp_path / "out")
    assert sheet.index.tolist() == ["01_1", "02_1"]
    assert sheet.patient.tolist() == ["01", "02"]
    assert set(sheet.split) == {"test"}
    assert sheet.nuclei.tolist() == [2, 2]


def test_result_does_not_depend_on_workers(synthetic_archives, tmp_path):
    archives = {part: synthetic_archives["monuseg", part] for part in ("train", "test")}
    for workers in (1, 2):
        run("monuseg", archives, tmp_path / str(workers), workers=workers)
    files = [path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*.*")]
    assert len(files) == 2 * 7 + 1
    for file in files:
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


def test_short_region_is_skipped_with_a_warning(make_archive, monuseg_members, tmp_path):
    monuseg_members["Annotations/SYN-LIVER-01.xml"] = encode_regions(
        [square(2, 3, 4)[:2], square(9, 9, 3)]
    )
    with pytest.warns(DataWarning, match="SYN-LIVER-01: region 1 has fewer than three vertices"):
        sheet = run("monuseg", {"all": make_archive(monuseg_members)}, tmp_path / "out")
    assert sheet.nuclei["SYN-LIVER-01"] == 1


def test_known_image_with_other_pixels_warns(make_archive, monuseg_members, tmp_path):
    image = "TCGA-18-5592-01Z-00-DX1"
    for suffix, folder in ((".tif", "Tissue Images"), (".xml", "Annotations")):
        monuseg_members[f"x/{image}{suffix}"] = monuseg_members[f"{folder}/SYN-LIVER-01{suffix}"]
    with pytest.warns(DataWarning, match=f"{image}: its pixels differ from the official image"):
        sheet = run("monuseg", {"all": make_archive(monuseg_members)}, tmp_path / "out")
    assert sheet.loc[image, ["organ", "patient"]].tolist() == ["liver", "TCGA-18-5592"]


def test_outlines_beyond_the_image_are_clipped(make_archive, monuseg_members, tmp_path):
    monuseg_members["Annotations/SYN-LIVER-01.xml"] = encode_regions(
        [square(-3, -3, 5), square(25, 15, 9)]
    )
    run("monuseg", {"all": make_archive(monuseg_members)}, tmp_path / "out")
    labels = read_labels(tmp_path / "out" / "labels" / "SYN-LIVER-01.tif")
    assert np.bincount(labels.ravel())[1:].tolist() == [9, 25]


DAMAGE = {
    "annotation missing": (
        "Annotations/SYN-LIVER-01.xml", None, ["no annotation for SYN-LIVER-01", "archive.zip"],
    ),
    "image missing": (
        "Tissue Images/SYN-LIVER-01.tif", None, ["no image for annotation SYN-LIVER-01"],
    ),
    "image twice": ("copy/SYN-LIVER-01.tif", b"", ["have the same image id SYN-LIVER-01"]),
    "image unreadable": (
        "Tissue Images/SYN-LIVER-01.tif", b"II*\0junk", ["SYN-LIVER-01.tif: not a readable image"],
    ),
    "annotation unreadable": (
        "Annotations/SYN-LIVER-01.xml", b"<Annotations>", ["SYN-LIVER-01.xml: line 1: no element"],
    ),
    "entity bomb": (
        "Annotations/SYN-LIVER-01.xml",
        b'<!DOCTYPE a [<!ENTITY b "c">]><Annotations>&b;</Annotations>',
        ["archive.zip: Annotations/SYN-LIVER-01.xml: declares a document type or entities"],
    ),
    "sizes disagree": (
        "Annotations/SYN-LIVER-01.xml",
        encode_regions([square(900, 3, 4)]),
        ["(900, 3) to (904, 7) do not fit an image of 30 x 20 pixels"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DAMAGE)
@pytest.mark.parametrize("workers", [1, 2])
def test_damaged_monuseg_is_refused(make_archive, monuseg_members, tmp_path, case, workers, capfd):
    member, content, parts = DAMAGE[case]
    members = {**monuseg_members, member: content}
    archive = make_archive({name: data for name, data in members.items() if data is not None})
    assert_refused("monuseg", archive, tmp_path / "out", *parts, workers=workers)


def test_tnbc_sizes_that_disagree_are_refused(make_archive, tnbc_members, tmp_path):
    tnbc_members["TNBC/GT_01/01_1.png"] = encode(".png", np.zeros((30, 20), np.uint8))
    assert_refused(
        "tnbc", make_archive(tnbc_members), tmp_path / "out",
        "TNBC/GT_01/01_1.png: has 20 x 30 pixels, but the image 01_1 has 30 x 20 (rows and columns",
    )  # fmt: skip


def test_tnbc_mask_missing_is_refused(make_archive, tnbc_members, tmp_path):
    del tnbc_members["TNBC/GT_02/02_1.png"]
    assert_refused("tnbc", make_archive(tnbc_members), tmp_path / "out", "no annotation for 02_1")


@pytest.mark.parametrize("format", ["monuseg", "tnbc"])
def test_archive_of_something_else_is_refused(make_archive, tmp_path, format):
    archive = make_archive({"readme.txt": b"hello"})
    assert_refused(format, archive, tmp_path / "out", "archive.zip", "is it the right archive?")


def test_same_image_in_two_parts_is_refused(make_archive, monuseg_members, tmp_path):
    one, two = (make_archive(monuseg_members, name) for name in ("one.zip", "two.zip"))
    with pytest.raises(DataError, match=r"SYN-BREAST-01 is in .*one\.zip and in .*two\.zip"):
        run("monuseg", {"train": one, "test": two}, tmp_path / "out")


def test_empty_test_set_is_refused(make_archive, monuseg_members, tmp_path):
    members = {name: data for name, data in monuseg_members.items() if "BREAST" not in name}
    assert_refused(
        "monuseg", make_archive(members), tmp_path / "out",
        "test_organ: 'breast' is not among the organs of mine: liver", error=ConfigurationError,
    )  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_unknown_organ_is_refused_before_images_are_read(make_archive, tmp_path):
    archive = make_archive({"NEW-1.tif": b"", "NEW-1.xml": b""})
    assert_refused("monuseg", archive, tmp_path / "out", "NEW-1: its organ is not known")
    assert not (tmp_path / "out").exists()


def test_own_table_of_organs(make_archive, monuseg_members, tmp_path):
    members = {name.replace("SYN-LIVER", "NEW"): data for name, data in monuseg_members.items()}
    (tmp_path / "organs.csv").write_text("image,organ\nNEW-01,spleen\n")
    archives = {"all": make_archive(members)}
    sheet = run("monuseg", archives, tmp_path / "out", organs=str(tmp_path / "organs.csv"))
    assert sheet.organ["NEW-01"] == "spleen"


@pytest.mark.parametrize("image", ["SYN-BREAST-01", "SYN-NONE-01"])
def test_reference_must_be_a_training_image(make_archive, monuseg_members, tmp_path, image):
    assert_refused(
        "monuseg", make_archive(monuseg_members), tmp_path / "out",
        f"normalization.reference: {image} is not a training image of mine; choose one of SYN-LIV",
        error=ConfigurationError, reference_image=image,
    )  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_only_warnings_about_data_are_told():
    told = []
    with warnings.catch_warnings(record=True) as others, warnings_told(told.append):
        warnings.simplefilter("always")
        warnings.warn("region skipped", DataWarning, stacklevel=1)
        warnings.warn("other", UserWarning, stacklevel=1)
    assert told == ["Warning: region skipped"]
    assert [str(other.message) for other in others] == ["other"]


def test_sheet_of_an_earlier_import_does_not_outlive_a_failed_one(
    make_archive, monuseg_members, tmp_path
):
    run("monuseg", {"all": make_archive(monuseg_members)}, tmp_path / "out")
    monuseg_members["Annotations/SYN-LIVER-01.xml"] = b""
    archive = make_archive(monuseg_members)
    assert_refused("monuseg", archive, tmp_path / "out", "no element found")


@pytest.fixture(scope="session")
def real_import(real_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("monuseg")
    archives = {
        "train": real_data / "MoNuSeg_2018_Training_Data.zip",
        "test": real_data / "MoNuSegTestData.zip",
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sheet = run("monuseg", archives, folder, workers=2)
    return archives, folder, sheet, [str(warning.message) for warning in caught]


@pytest.mark.real_data
def test_real_monuseg_has_its_nuclei(real_data, real_import):
    _, _, sheet, messages = real_import
    assert sheet.nuclei[sheet.split == "test"].sum() == 3091
    assert len(sheet) == 44
    short = [message for message in messages if "fewer than three vertices" in message]
    assert len(short) == 2
    (crossed,) = set(messages) - set(short)
    assert "the outline crosses itself" in crossed
    assert sheet.sha256.to_dict() == known_digests()
    with (real_data / "monuseg_index.csv").open() as stream:
        for row in csv.DictReader(stream):
            regions = int(row["xml_regions"] or row["instance_labels"])
            skipped = sum(message.startswith(row["image"]) for message in short)
            assert sheet.nuclei[row["image"]] == regions - skipped
            assert sheet.organ[row["image"]] == row["organ"].lower()


@pytest.mark.real_data
def test_real_outlines_are_drawn_as_by_scikit_image(real_import):
    archives, folder, sheet, _ = real_import
    with ZipFile(archives["test"]) as archive:
        for image in sheet.index[sheet.part == "test"][:3]:
            xml = archive.read(f"MoNuSegTestData/{image}.xml")
            labels = read_labels(folder / "labels" / f"{image}.tif")
            np.testing.assert_array_equal(labels, label_map(xml, labels.shape))


@pytest.mark.real_data
def test_real_tnbc_has_its_nuclei(real_data, tmp_path):
    archive = real_data / "TNBC_NucleiSegmentation_slides_01-03.zip"
    sheet = run("tnbc", {"all": archive}, tmp_path)
    assert sheet.nuclei.sum() == 935
    assert sheet.groupby("patient").size().to_dict() == {"01": 7, "02": 3, "03": 5}
