from functools import partial

import jsonschema
import numpy as np
import pytest
from default_methods import default_method
from drawn_tissue import draw_hard_images, draw_random_tissue, draw_tissue
from pydantic import ValidationError
from skimage.measure import label

from nucleibench.families.classical.algorithms import ALGORITHMS
from nucleibench.families.classical.family import Classical
from nucleibench.families.classical.label import label_image
from nucleibench.images import read_labels, read_rgb, write_rgb
from nucleibench.images.resampling import Scale
from nucleibench.labelling.label_maps import write_label_maps

APART = [(30, 30, 10), (30, 95, 12), (95, 30, 11), (95, 100, 10)]
TOUCHING = [(60, 50, 11), (60, 71, 11)]
HARD_IMAGES = draw_hard_images()
WITHOUT_JAVA = [name for name in ALGORITHMS if name != "imagej"]
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
    assert default_method("fiji", **settings) == ALGORITHMS["fiji"](**settings)


def test_settings_left_out_have_the_defaults_of_the_algorithm():
    method = Classical.read({"algorithm": "fiji", "settings": {"sigma": 2}})
    assert method.settings == ALGORITHMS["fiji"](sigma=2.0, threshold="Li", minimum_size=100)
    assert Classical.read({"algorithm": "otsu"}).settings == ALGORITHMS["otsu"](minimum_size=50)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_method_is_read_again_from_its_plain_values(name):
    method = Classical.read({"family": "classical", "name": "A", "algorithm": name})
    assert Classical.read(method.plain()) == method
    assert method.deciding_labels() == {"algorithm": name, "settings": method.settings.plain()}


def test_imagej_runs_in_an_environment_and_a_process_of_its_own():
    for name in ALGORITHMS:
        method = Classical.read({"algorithm": name})
        expected = ("imagej", 1) if name == "imagej" else ("data", 8)
        assert (method.environment_of_labels(), method.threads_of_labels()) == expected


def errors_of(section):
    with pytest.raises(ValidationError) as caught:
        Classical.read(section)
    return [(error["loc"], error["type"], error["msg"]) for error in caught.value.errors()]


def test_unknown_algorithm_lists_the_known_ones():
    ((place, _, message),) = errors_of({"algorithm": "fijii", "settings": {"sigma": 2}})
    assert place == ("algorithm",)
    assert "'fijii' is not one of: otsu, " in message


def test_unknown_threshold_lists_the_known_ones():
    ((place, _, message),) = errors_of({"algorithm": "fiji", "settings": {"threshold": "Lee"}})
    assert place == ("settings", "threshold")
    assert "'Lee' is not one of: Default, Li" in message


@pytest.mark.parametrize(
    ("algorithm", "settings", "place", "kind"),
    [
        ("otsu", {"sigma": 2}, ("settings", "sigma"), "extra_forbidden"),
        ("fiji", {"sigma": 9}, ("settings", "sigma"), "less_than_equal"),
        ("fiji", {"sigma": "2"}, ("settings", "sigma"), "float_type"),
        ("imagej", {"threshold": "Lee"}, ("settings", "threshold"), "literal_error"),
        ("watershed", {"marker_share": 1}, ("settings", "marker_share"), "less_than"),
        ("hematoxylin", {"depth": 0}, ("settings", "depth"), "greater_than"),
        ("otsu", 3, ("settings",), "model_type"),
    ],
)
def test_a_wrong_setting_is_found_in_its_place(algorithm, settings, place, kind):
    ((found, found_kind, _),) = errors_of({"algorithm": algorithm, "settings": settings})
    assert (found, found_kind) == (place, kind)


def test_a_missing_algorithm_is_the_only_mistake():
    assert errors_of({"settings": {"sigma": 2}}) == [(("algorithm",), "missing", "Field required")]


def test_the_schema_has_every_algorithm_and_setting():
    schema = Classical.model_json_schema()
    validator = jsonschema.Draft202012Validator(schema)
    assert schema["properties"]["algorithm"]["enum"] == list(ALGORITHMS)
    for name in ALGORITHMS:
        method = Classical.read({"algorithm": name})
        assert validator.is_valid(method.plain())
        for key in method.settings.plain():
            assert not validator.is_valid({"algorithm": name, "settings": {key: [1]}})
        assert not validator.is_valid({"algorithm": name, "settings": {"unknown": 1}})


@pytest.fixture
def folder(tmp_path):
    for number in range(2):
        write_rgb(tmp_path / f"images/0{number}_1.png", draw_random_tissue(number))
    return tmp_path


def test_a_folder_is_segmented_whatever_the_workers(folder):
    method, names = Classical.read({"algorithm": "hematoxylin"}), ["00_1", "01_1"]
    scales = {name: Scale(read_rgb(folder / f"images/{name}.png").shape[:2]) for name in names}
    label = partial(label_image, setting=None, method=method, sources=[folder / "images"])
    for workers in (1, 2):
        write_label_maps(scales, label, folder / str(workers), workers)
        assert sorted(p.stem for p in (folder / str(workers)).iterdir()) == names
    for name in names:
        one, two = (folder / f"{workers}/{name}.tif" for workers in (1, 2))
        assert one.read_bytes() == two.read_bytes()
    expected = default_method("hematoxylin")(draw_random_tissue(1))
    np.testing.assert_array_equal(read_labels(folder / "1/01_1.tif"), expected)
