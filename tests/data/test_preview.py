import re

import pytest

from nucleibench.data import monuseg
from nucleibench.data.formats import FORMATS, DatasetFormat
from nucleibench.data.importing import import_dataset
from nucleibench.data.official import official_organs
from nucleibench.data.preview import check_plan, preview_images
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import read_sheet
from nucleibench.data.splits import Known
from nucleibench.errors import ConfigurationError

DOWNLOAD = {"url": "https://host/a.zip"}
REFERENCE = "TCGA-B0-5711-01Z-00-DX1"
# A format that cannot be drawn.
FORMAT = DatasetFormat(monuseg.find_samples, monuseg.read_sample)


def dataset(format="monuseg", organs=None, **archives):
    return Dataset.read({"format": format, "organs": organs, "archives": archives})


def synthetic(images):
    return {"synthetic": {"images": images, "size": 64}}


@pytest.mark.parametrize(
    ("format", "parts"), [("monuseg", ["train", "test"]), ("monuseg", ["test"]), ("tnbc", ["all"])]
)
def test_preview_of_local_and_synthetic_archives_is_what_the_import_finds(
    synthetic_archives, tmp_path, format, parts
):
    paths = {part: synthetic_archives[format, part] for part in parts}
    local = dataset(format, **{part: {"path": str(path)} for part, path in paths.items()})
    import_dataset("mine", local, paths, tmp_path, "breast", None, workers=1)
    sheet = read_sheet(tmp_path / "images.csv")
    expected = {row.image: Known(row.organ) for row in sheet.itertuples()}
    assert preview_images("mine", local) == expected
    counts = sheet.part.value_counts()
    drawn = dataset(format, **{part: synthetic(int(counts[part])) for part in parts})
    assert preview_images("mine", drawn) == expected


def test_preview_of_an_unpacked_archive_reads_no_content(tmp_path):
    for name in ("SYN-LUNG-07.tif", "SYN-LUNG-07.xml"):
        (tmp_path / name).touch()
    assert preview_images("mine", dataset(all={"path": str(tmp_path)})) == {
        "SYN-LUNG-07": Known("lung")
    }


def test_preview_of_a_download_is_all_that_is_official():
    official = {image: Known(organ) for image, organ in official_organs().items()}
    assert len(official) == 44
    assert preview_images("mine", dataset(train=DOWNLOAD, test={"google_drive": "x"})) == official
    mixed = preview_images("mine", dataset(train=DOWNLOAD, test=synthetic(1)))
    assert mixed == official | {"SYN-BREAST-51": Known("breast")}


def test_own_table_of_organs_decides(tmp_path):
    for name in ("MINE-1.tif", "MINE-1.xml"):
        (tmp_path / name).touch()
    table = tmp_path / "organs.csv"
    table.write_text("image,organ\nMINE-1,Spleen\n")
    mine = dataset(organs=str(table), all={"path": str(tmp_path)})
    assert preview_images("mine", mine) == {"MINE-1": Known("spleen")}


def test_what_cannot_be_known_is_none(tmp_path, make_archive, monuseg_members):
    (tmp_path / "damaged.zip").write_bytes(b"PK")
    (tmp_path / "organs.csv").write_text("image,organ\nMINE-1,spleen\n")
    unpaired = {name: b"" for name in monuseg_members if "Annotations" not in name}
    for unknown in (
        dataset("tnbc", all=DOWNLOAD),
        dataset(organs=str(tmp_path / "organs.csv"), all=DOWNLOAD),
        dataset(organs="nowhere.csv", all={"path": str(make_archive(monuseg_members))}),
        dataset(all={"path": str(tmp_path / "nowhere.zip")}),
        dataset(all={"path": str(tmp_path / "damaged.zip")}),
        dataset(all={"path": str(make_archive(unpaired, "unpaired.zip"))}),
        dataset(all={"path": str(make_archive({"NEW.tif": b"", "NEW.xml": b""}, "new.zip"))}),
        dataset(train=synthetic(1), test={"path": str(tmp_path / "nowhere.zip")}),
    ):
        assert preview_images("mine", unknown) is None
        check_plan({"mine": dataset(all=DOWNLOAD), "other": unknown}, "mine", "breast", None)
        if unknown.split_rule == "organ":
            check_plan({"mine": unknown}, "mine", "spleen", "NOBODY")


DATASETS = {
    "paper": dataset(train=DOWNLOAD, test=DOWNLOAD),
    "toy": dataset(train=synthetic(5), test=synthetic(2)),
    "large": dataset(train=synthetic(30)),
    "slides": dataset("tnbc", all=synthetic(2)),
}


def test_right_plans_pass():
    check_plan(DATASETS, "paper", "breast", REFERENCE)
    check_plan(DATASETS, "toy", "kidney", "SYN-BREAST-51")
    check_plan(DATASETS, "toy", "breast", None)


def assert_refused(message, *arguments, datasets=DATASETS):
    with pytest.raises(ConfigurationError) as caught:
        check_plan(datasets, *arguments)
    assert re.fullmatch(message, str(caught.value)), caught.value


def test_absent_test_organ_is_refused():
    organs = "bladder, brain, breast, colon, kidney, liver, lung, prostate, stomach"
    for organ, hint in (("Breast", r" \(did you mean 'breast'\?\)"), ("skin", "")):
        message = f"test_organ: '{organ}' is not among the organs of paper: {organs}{hint}"
        assert_refused(message, "paper", organ, None)


def test_test_organ_must_be_in_every_dataset_that_is_split():
    datasets = {"toy": DATASETS["toy"], "other": dataset(train=synthetic(1))}
    assert_refused(
        "test_organ: 'breast' is not among the organs of other: liver", "toy", "breast", None,
        datasets=datasets,
    )  # fmt: skip


@pytest.mark.parametrize("image", ["SYN-LIVER-99", "SYN-BREAST-51", REFERENCE])
def test_reference_that_is_not_a_training_image_is_refused(image):
    assert_refused(
        rf"normalization\.reference: {image} is not a training image of toy; choose one of "
        "SYN-LIVER-01, SYN-KIDNEY-01, SYN-PROSTATE-01, SYN-COLON-01, SYN-KIDNEY-51",
        "toy", "breast", image,
    )  # fmt: skip


def test_of_many_training_images_some_are_named():
    with pytest.raises(ConfigurationError) as caught:
        check_plan(DATASETS, "paper", "breast", "TCGA-XX")
    message = str(caught.value)
    assert message.count("TCGA-") == 11
    assert message.endswith(" and 26 more")


def test_reference_belongs_to_the_training_dataset_alone():
    datasets = {"toy": DATASETS["toy"], "paper": DATASETS["paper"]}
    check_plan(datasets, "paper", "breast", REFERENCE)
    with pytest.raises(ConfigurationError, match="SYN-LIVER-01 is not a training image of paper"):
        check_plan(datasets, "paper", "breast", "SYN-LIVER-01")


def test_dataset_that_only_tests_does_not_train():
    assert_refused(
        "training_dataset: slides is of the format tnbc, all of whose images test; choose a "
        "dataset of the format monuseg or folder, or set datasets.slides.split",
        "slides", "breast", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("format", "part", "images", "reason"),
    [
        ("monuseg", "train", 351, "351 synthetic images are too many; ask for 350 at most"),
        ("monuseg", "all", 1, "unknown part 'all' of synthetic monuseg; choose one of train, test"),
        ("new", "one", 1, "images of the format new cannot be drawn; give a path, .*"),
    ],
)
def test_synthetic_images_that_cannot_be_drawn_are_refused(
    monkeypatch, format, part, images, reason
):
    monkeypatch.setitem(FORMATS.places, "new", f"{__name__}:FORMAT")
    datasets = {"toy": DATASETS["toy"], "other": dataset(format, **{part: synthetic(images)})}
    message = rf"datasets\.other\.archives\.{part}\.synthetic: {reason}"
    assert_refused(message, "toy", "breast", None, datasets=datasets)


TABLE = "image,organ,split\na,liver,{}\nb,breast,test\n"


@pytest.fixture
def folder(make_archive):
    """Return the settings of a folder of two images, of which names alone are read."""

    def make(split="train", rule=None):
        files = {f"{name}.png": b"" for name in ("images/a", "images/b", "labels/a", "labels/b")}
        members = files | {"images/c.png": b"", "images.csv": TABLE.format(split) + "c,lung,test\n"}
        sources = {"all": {"path": str(make_archive(members, f"{split}{rule}.zip"))}}
        return Dataset.read({"format": "folder", "archives": sources, "split": rule})

    return make


def test_folder_is_known_by_its_table_and_nothing_is_told_twice(folder, recwarn):
    mine = folder()
    assert preview_images("mine", mine) == {
        "a": Known("liver", "train"), "b": Known("breast", "test")
    }  # fmt: skip
    check_plan({"mine": mine}, "mine", "breast", None)
    assert not recwarn.list


def test_folder_trains_by_its_table_or_by_organ(folder):
    check_plan({"mine": folder(rule="organ")}, "mine", "liver", None)
    assert_refused(
        "training_dataset: mine has no training image: its only one is normalization.*",
        "mine", "breast", "a", datasets={"mine": folder()},
    )  # fmt: skip
    assert_refused(
        "training_dataset: mine has no training image: the column split of images.csv.*",
        "mine", "breast", None, datasets={"mine": folder("test")},
    )  # fmt: skip
    assert_refused(
        "training_dataset: mine is of the format folder, all of whose images test; .*",
        "mine", "breast", None, datasets={"mine": folder(rule="test")},
    )  # fmt: skip


def test_dataset_that_does_not_train_needs_no_test_organ(folder):
    datasets = {"toy": DATASETS["toy"], "mine": folder("test"), "other": folder(rule="test")}
    check_plan(datasets, "toy", "kidney", None)


def test_training_dataset_of_the_test_organ_alone_is_refused():
    slides = Dataset.read({"format": "tnbc", "archives": {"all": synthetic(2)}, "split": "organ"})
    assert_refused(
        "training_dataset: slides has no training image: all of its images are of the test organ.*",
        "slides", "breast", None, datasets={"slides": slides},
    )  # fmt: skip
