"""CoNSeP: PNG images of colon with MATLAB label maps."""

import numpy as np
import pytest
from annotation_files import mat
from drawn_members import encode

from nucleibench.data.checking import check_dataset
from nucleibench.data.importing import import_dataset
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import read_sheet
from nucleibench.data.synthetic import draw_image, write_synthetic_archive
from nucleibench.errors import DataError
from nucleibench.images import read_labels


@pytest.fixture
def consep_members():
    """Members of a small CoNSeP archive: two images of 20 x 30 with two nuclei each."""
    random = np.random.default_rng(3)
    members = {}
    for image in ("train_1", "train_2"):
        pixels = random.integers(150, 256, (20, 30, 3), np.uint8)
        labels = np.zeros((20, 30))
        labels[2:9, 3:9], labels[2:9, 9:15] = 4, 7
        pixels[labels > 0] //= 2
        members[f"CoNSeP/Train/Images/{image}.png"] = encode(".png", pixels)
        members[f"CoNSeP/Train/Labels/{image}.mat"] = mat(labels, type_map=labels)
    return members


def consep(archive, **others):
    archives = {"train": {"path": str(archive)}}
    return Dataset.read({"format": "consep", "archives": archives, **others})


def run(archive, folder, **others):
    dataset = consep(archive, **others)
    import_dataset("mine", dataset, {"train": archive}, folder, "breast", None, workers=1)
    return read_sheet(folder / "images.csv").set_index("image")


def test_images_labels_and_sheet(make_archive, consep_members, tmp_path):
    sheet = run(make_archive(consep_members), tmp_path)
    row = sheet.loc["train_2"].drop("sha256").tolist()
    assert row == ["colon", "train_2", "train", "test", 20, 30, 2, 0.275]
    labels = read_labels(tmp_path / "labels" / "train_2.tif")
    assert np.bincount(labels.ravel())[1:].tolist() == [42, 42]
    assert labels[3, 8] == 1
    assert labels[3, 9] == 2


def test_table_of_organs_can_name_patients(make_archive, consep_members, tmp_path):
    table = tmp_path / "organs.csv"
    table.write_text("image,organ,patient\ntrain_*,colon,p1\n")
    sheet = run(make_archive(consep_members), tmp_path / "out", organs=str(table))
    assert sheet.patient.tolist() == ["p1", "p1"]


def test_pixel_size_and_split_can_be_given(make_archive, consep_members, tmp_path):
    sheet = run(make_archive(consep_members), tmp_path, pixel_size=0.25, split="sheet")
    assert set(sheet.pixel_size) == {0.25}
    assert set(sheet.split) == {"test"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"CoNSeP/Train/Labels/train_1.mat": None}, "no annotation for train_1"),
        ({"CoNSeP/Train/Images/train_1.png": None}, "no image for annotation train_1"),
        ({"CoNSeP/Train/Labels/train_1.mat": mat(np.zeros((30, 20)))}, "exchanged"),
        ({"CoNSeP/Train/Labels/train_1.mat": mat(np.full((20, 30), 0.5))}, "not whole"),
        ({"CoNSeP/Train/Labels/train_1.mat": b""}, "not a readable MATLAB file"),
        ({"Test/Images/train_1.png": b""}, "have the same image id train_1"),
    ],
)
def test_damage_is_refused(make_archive, consep_members, tmp_path, change, message):
    members = {k: v for k, v in (consep_members | change).items() if v is not None}
    with pytest.raises(DataError, match=message):
        run(make_archive(members), tmp_path / "out")


def test_archive_of_something_else_is_refused(make_archive, tmp_path):
    with pytest.raises(DataError, match=r"archive\.zip: holds no CoNSeP images .* the right arch"):
        run(make_archive({"readme.txt": b"hello"}), tmp_path / "out")


def test_drawn_images_read_back_as_drawn(synthetic_archives, tmp_path):
    sheet = run(synthetic_archives["consep", "train"], tmp_path)
    assert sheet.index.tolist() == ["train_1", "train_2"]
    for image in sheet.index:
        tissue = draw_image("colon", image, seed=7, size=128)[1]
        labels = read_labels(tmp_path / "labels" / f"{image}.tif")
        np.testing.assert_array_equal(labels, tissue.labels)


def test_same_seed_same_bytes(tmp_path):
    for name in "ab":
        write_synthetic_archive("consep", tmp_path / name, "test", 1, images=1, size=64)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_mask_in_place_of_a_label_map_is_told(make_archive, consep_members):
    mask = np.zeros((20, 30))
    mask[2:9, 3:9] = mask[12:18, 9:15] = 1
    consep_members["CoNSeP/Train/Labels/train_1.mat"] = mat(mask)
    summary = check_dataset("mine", consep(make_archive(consep_members)))
    assert [row.nuclei for row in summary.rows] == [2, 2]
    assert "is a mask of one value, so nuclei that touch count as one" in summary.notes["train_1"]


@pytest.mark.real_data
def test_real_consep_has_its_nuclei(real_data, tmp_path):
    sheet = run(real_data / "CoNSeP_train.zip", tmp_path)
    assert len(sheet) == 27
    assert sheet.nuclei.sum() == 15547
    assert set(sheet.split) == {"test"}
