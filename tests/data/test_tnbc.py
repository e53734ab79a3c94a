import cv2
import numpy as np
import pytest
from drawn_members import encode
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from nucleibench.data.importing import import_dataset
from nucleibench.data.masks import label_nuclei
from nucleibench.data.official import find_entry, load_organs, organ_of
from nucleibench.data.settings import Dataset
from nucleibench.data.sheets import read_sheet
from nucleibench.data.tnbc import binary_mask
from nucleibench.errors import DataError


def instances(mask):
    return label_nuclei(mask, "mask").labels


def test_binary_mask_splits_into_components():
    mask = np.zeros((6, 9), np.uint8)
    mask[1:3, 1:3] = mask[4, 5:8] = 255
    labels = instances(mask)
    assert labels.dtype == np.int32
    assert labels.max() == 2
    assert labels[1, 1] == 1
    assert labels[4, 5] == 2


def test_diagonal_neighbours_are_one_nucleus():
    assert instances(np.eye(4, dtype=np.uint8) * 255).max() == 1


def test_instance_map_keeps_touching_nuclei_apart_and_pieces_together():
    mask = np.array([[7, 7, 3, 3, 0, 7]], np.uint16)
    np.testing.assert_array_equal(instances(mask), [[2, 2, 1, 1, 0, 2]])


@pytest.mark.parametrize("value", [0, 1, 255])
def test_uniform_mask(value):
    assert (instances(np.full((3, 4), value, np.uint8)) == (value > 0)).all()


@given(arrays(bool, (7, 8), elements=st.booleans()))
def test_components_equal_those_of_scipy(mask):
    expected, count = ndimage.label(mask, np.ones((3, 3)))
    labels = instances(mask.astype(np.uint8) * 255)
    assert labels.max(initial=0) == count
    assert len({*zip(labels.flat, expected.flat, strict=True)}) == len(np.unique(expected))


def test_binary_mask_parts_touching_nuclei():
    labels = np.zeros((8, 12), np.int32)
    labels[2:6, 1:5], labels[2:6, 5:9] = 1, 2
    mask = binary_mask(labels)
    assert ndimage.label(mask, np.ones((3, 3)))[1] == 2
    assert set(np.unique(mask)) == {0, 255}
    assert (mask[labels == 2] == 255).all()


def tnbc(archive, **others):
    return Dataset.read({"format": "tnbc", "archives": {"all": {"path": str(archive)}}, **others})


@pytest.fixture
def brain_members(tnbc_members):
    """Slides 01 and 12, which the release of 2019 adds."""
    return {name.replace("02", "12"): content for name, content in tnbc_members.items()}


def organs_of(archive, table, folder):
    dataset = tnbc(archive, organs=table and str(table))
    import_dataset("mine", dataset, {"all": archive}, folder, "breast", None, workers=1)
    return read_sheet(folder / "images.csv").set_index("image").organ.to_dict()


def test_organ_of_a_later_slide_is_asked_for(make_archive, brain_members, tmp_path):
    with pytest.raises(DataError, match=r"12_1: its organ is not known.*`Slide_12,liver`"):
        organs_of(make_archive(brain_members), None, tmp_path / "out")


@pytest.mark.parametrize("key", ["12_1", "12", "Slide_12", "12_*", "Slide_1[2-9]"])
def test_organ_of_a_later_slide_is_what_the_table_says(make_archive, brain_members, tmp_path, key):
    table = tmp_path / "organs.csv"
    table.write_text(f"image,organ\n{key},Brain\n")
    organs = organs_of(make_archive(brain_members), table, tmp_path / "out")
    assert organs == {"01_1": "breast", "12_1": "brain"}


def test_table_comes_before_what_is_known(make_archive, tnbc_members, tmp_path):
    table = tmp_path / "organs.csv"
    table.write_text("image,organ\n*,brain\n")
    assert set(organs_of(make_archive(tnbc_members), table, tmp_path).values()) == {"brain"}


def test_all_slides_of_the_first_release_are_of_breast():
    organs = load_organs(None)
    for slide in range(1, 12):
        assert organ_of("x", organs, f"Slide_{slide:02d}") == "breast"
    assert find_entry(organs, "Slide_12") is None


def test_doubtful_mask_is_refused(make_archive, tnbc_members, tmp_path):
    mask = cv2.imdecode(np.frombuffer(tnbc_members["TNBC/GT_01/01_1.png"], np.uint8), -1)
    tnbc_members["TNBC/GT_01/01_1.png"] = encode(".png", cv2.GaussianBlur(mask, (0, 0), 1))
    with pytest.raises(DataError, match=r"GT_01/01_1\.png: is neither a mask of one value nor"):
        organs_of(make_archive(tnbc_members), None, tmp_path / "out")
