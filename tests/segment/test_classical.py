from dataclasses import fields

import numpy as np
import pytest
import yaml
from default_methods import default_method
from drawn_tissue import draw_hard_images, draw_random_tissue, draw_tissue
from skimage.measure import label

from nucleibench.configuration import SCHEMA
from nucleibench.data.sheets import SheetRow, write_sheet
from nucleibench.errors import ConfigurationError, DataError
from nucleibench.images import read_labels, write_rgb
from nucleibench.segment import imagej_steps
from nucleibench.segment.classical import CLASSICAL, build_method, segment_folder

APART = [(30, 30, 10), (30, 95, 12), (95, 30, 11), (95, 100, 10)]
TOUCHING = [(60, 50, 11), (60, 71, 11)]
HARD_IMAGES = draw_hard_images()
WITHOUT_JAVA = [name for name in CLASSICAL if name != "imagej"]
OWN_SPLITTING = [name for name in WITHOUT_JAVA if name != "otsu"]


@pytest.fixture(params=WITHOUT_JAVA)
def algorithm(request):
    return request.param


@pytest.fixture
def segment(algorithm):
    return default_method(algorithm)


def intersection_over_union(one, other):
    return (one & other).sum() / (one | other).sum()


def test_nuclei_apart_are_found_one_by_one(segment):
    image, truth = draw_tissue(APART)
    labels = segment(image)
    assert labels.dtype == np.int32
    assert set(np.unique(labels)) == {0, 1, 2, 3, 4}
    for number, (row, column, _) in enumerate(APART, start=1):
        found = labels == labels[row, column]
        assert intersection_over_union(found, truth == number) > 0.7


@pytest.mark.parametrize("name", OWN_SPLITTING)
def test_touching_nuclei_are_parted(name):
    image, _ = draw_tissue(TOUCHING)
    labels = default_method(name)(image)
    assert labels.max() == 2
    assert labels[60, 50] != labels[60, 73]


def test_otsu_takes_touching_nuclei_for_one():
    image, _ = draw_tissue(TOUCHING)
    assert default_method("otsu")(image).max() == 1


@pytest.mark.parametrize("name", HARD_IMAGES)
def test_hard_images_give_labels(segment, name):
    image = HARD_IMAGES[name]
    before = image.copy()
    labels = segment(image)
    assert labels.shape == image.shape[:2]
    assert set(np.unique(labels)) | {0} == set(range(labels.max() + 1))
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("name", ["white", "one color"])
def test_nothing_is_found_where_nothing_is(segment, name):
    assert segment(HARD_IMAGES[name]).max() == 0


def test_small_objects_are_left_out(algorithm):
    image, _ = draw_tissue([*APART, (60, 60, 8)])
    assert default_method(algorithm, minimum_size=0)(image).max() >= 5
    assert default_method(algorithm, minimum_size=250)(image).max() == 4


def test_every_nucleus_is_one_piece(segment):
    labels = segment(draw_random_tissue(4))
    assert label(labels, connectivity=2).max() == labels.max()


def test_hematoxylin_sees_no_nucleus_in_dense_eosin():
    """A dark patch of eosin is darker than its surroundings, but holds no hematoxylin."""
    image, _ = draw_tissue(APART)
    image[:20, 100:] = (255 * np.exp(-2.0 * np.array([0.07, 0.99, 0.11]))).astype(np.uint8)
    assert default_method("otsu")(image)[:20, 100:].max() > 0
    assert default_method("hematoxylin")(image)[5:15, 105:].max() == 0


def test_settings_reach_the_method():
    settings = {"sigma": 3.0, "threshold": "Default", "minimum_size": 7}
    assert build_method("fiji", settings) == CLASSICAL["fiji"](**settings)


def test_the_schema_has_every_algorithm_and_setting():
    definitions = yaml.safe_load(SCHEMA.read_text())["$defs"]
    assert definitions["classical"]["properties"]["algorithm"]["enum"] == list(CLASSICAL)
    for name, method in CLASSICAL.items():
        properties = definitions[f"{name}_settings"]["properties"]
        assert list(properties) == [field.name for field in fields(method)]
    thresholds = definitions["fiji_settings"]["properties"]["threshold"]["enum"]
    assert thresholds == list(imagej_steps.THRESHOLDS)


def test_unknown_algorithm_lists_the_known_ones():
    with pytest.raises(ConfigurationError, match=r"no classical algorithm 'fijii'; .*otsu, "):
        build_method("fijii", {})


def test_unknown_setting_lists_the_known_ones():
    with pytest.raises(ConfigurationError, match="of algorithm 'otsu' are minimum_size, not sigma"):
        build_method("otsu", {"sigma": 2})


def test_unknown_threshold_lists_the_known_ones():
    with pytest.raises(ConfigurationError, match=r"no threshold 'Lee'; choose one of Default, Li"):
        CLASSICAL["fiji"](sigma=1.0, threshold="Lee", minimum_size=0)


@pytest.fixture
def folder(tmp_path):
    rows = []
    for number, split in enumerate(["train", "test", "test"]):
        name = f"0{number}_1"
        write_rgb(tmp_path / f"images/{name}.png", draw_random_tissue(number))
        rows.append(SheetRow(name, "breast", "p", "all", split, 128, 128, 20, "0" * 64))
    write_sheet(tmp_path / "images.csv", rows)
    return tmp_path


def test_a_folder_is_segmented_by_split_whatever_the_workers(folder):
    for workers in (1, 2):
        segment_folder(
            default_method("hematoxylin"), folder / "images.csv", folder / "images",
            folder / str(workers), split="test", workers=workers,
        )  # fmt: skip
        assert sorted(p.name for p in (folder / str(workers)).iterdir()) == ["01_1.tif", "02_1.tif"]
    for name in ("01_1.tif", "02_1.tif"):
        assert (folder / "1" / name).read_bytes() == (folder / "2" / name).read_bytes()
    expected = default_method("hematoxylin")(draw_random_tissue(1))
    np.testing.assert_array_equal(read_labels(folder / "1/01_1.tif"), expected)


def test_a_split_without_images_is_an_error(folder):
    with pytest.raises(DataError, match=r"images.csv: no image of split 'target'"):
        segment_folder(
            default_method("otsu"), folder / "images.csv", folder / "images", folder / "out",
            split="target", workers=1,
        )  # fmt: skip
