"""Where the files of an experiment are, and what its jobs need."""

import pytest
from configurations import ROOT
from small import plan

from nucleibench.errors import ConfigurationError

# Archives and the reference of colour normalisation


def test_archives_are_where_their_nearest_source_puts_them():
    data = plan().data
    assert data.archives("mine") == [
        "<results>/archives/synthetic/mine_train.zip",
        "<results>/archives/downloaded/mine_test.zip",
    ]
    assert data.archives("other") == ["other.zip"]


def test_where_an_archive_comes_from():
    data = plan("datasets: {mine: {archives: {test: {md5: " + "a" * 32 + "}}}}").data
    assert data.archive("mine", "test") == {
        "google_drive": "abc",
        "url": "https://example.org/test.zip",
        "md5": "a" * 32,
    }
    assert data.synthetic("mine", "train") == {"images": 4, "size": 96}
    assert data.format("mine") == "monuseg"


def test_a_dataset_can_name_a_table_of_organs():
    data = plan().data
    assert data.organs_table("mine") == []
    assert data.organs_table("other") == ["organs.csv"]
    assert data.dataset("other")["organs"] == "organs.csv"
    assert "organs" not in data.dataset("mine")


def test_the_paper_has_values_of_datasets_that_are_not_drawn():
    data = plan().data
    assert data.paper_dataset("mine") is None
    assert data.paper_dataset("other") == "tnbc"


def test_the_reference_is_an_image_of_the_training_dataset():
    data = plan().data
    assert data.reference_image == "SYN-LIVER-01"
    assert data.reference_in("mine") == "SYN-LIVER-01"
    assert data.reference_in("other") is None
    assert data.reference_source() == {
        "sheet": "<results>/data/mine/images.csv",
        "images": "<results>/data/mine/images",
    }


def test_the_reference_is_a_file_where_it_has_a_slash():
    data = plan("normalization: {reference: ./mine.png}").data
    assert data.reference_image is None
    assert data.reference_source() == {"path": "./mine.png"}


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder in which the files are that the small experiment names."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "organs.csv").write_text("image,organ\n")
    (tmp_path / "other.zip").touch()
    return tmp_path


def check(*changes, cached=False):
    plan(*changes).data.check_files(cached)


def test_files_that_are_named_are_there(here):
    check()
    (here / "mine.png").touch()
    check("normalization: {reference: ./mine.png}")


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("organs.csv", "datasets.other.organs: organs.csv does not exist; correct the path"),
        (
            "other.zip",
            "datasets.other.archives.all: other.zip does not exist; correct the path, or give url",
        ),
    ],
)
def test_a_file_that_is_not_there_is_named(here, missing, message):
    (here / missing).unlink()
    with pytest.raises(ConfigurationError, match=message):
        check()


def test_a_reference_that_is_not_there_is_named(here):
    with pytest.raises(ConfigurationError, match=r"normalization.reference: there is no file ./a"):
        check("normalization: {reference: ./a.png}")


def test_an_unpacked_archive_has_no_content_for_a_cache(here):
    (here / "other.zip").unlink()
    (here / "other.zip").mkdir()
    check()
    with pytest.raises(ConfigurationError, match=r"other.zip is a folder, and --cache"):
        check(cached=True)


def test_images_at_hand_have_the_test_organ_and_the_reference(here):
    found = plan("datasets: {mine: {archives: {test: null}}}", "normalization: {reference: x}")
    with pytest.raises(ConfigurationError, match="x is not a training image"):
        found.check(cached=False)
    with pytest.raises(ConfigurationError, match="training_dataset: other is of the format tnbc"):
        plan("training_dataset: other").check(cached=False)


# Networks


def test_what_a_training_reads():
    networks = plan().networks
    assert networks.inputs("a") == {
        "tiles": "<results>/tiles/normalized/augmented/tiles.csv",
        "first_weights": ["<resources>/encoder_weights/vgg16.h5"],
        "first_stage": [],
    }
    assert networks.inputs("b")["first_weights"] == []
    assert networks.inputs("gb")["first_stage"] == ["<results>/tiles/stage_one/a.npy"]
    assert networks.inputs("rcnn") == {
        "tiles": "<results>/tiles/normalized/plain/tiles.csv",
        "first_weights": ["<resources>/coco_weights/mask_rcnn_coco.h5"],
        "first_stage": [],
    }


def test_what_a_prediction_reads():
    networks = plan().networks
    a, gb = (f"<results>/models/{name}/model.weights.h5" for name in ("a", "gb"))
    assert networks.prediction_inputs("gb", "other") == {
        "weights": gb,
        "first_stage": [a],
        "sheet": "<results>/data/other/images.csv",
        "images": "<results>/normalized/other",
    }
    assert networks.prediction_inputs("b_turns_4", "mine")["first_stage"] == []


def test_a_networks_own_training_goes_before_that_of_all():
    networks = plan("training: {threads: 3, learning_rate: 0.5}").networks
    assert networks.training("a")["learning_rate"] == 0.5
    assert networks.training("rcnn")["learning_rate"] == 0.001
    assert networks.threads("rcnn") == 3
    assert networks.gpus("rcnn") == 1


@pytest.mark.parametrize(
    ("step", "network", "module"),
    [
        ("train", "a", "unet.train"),
        ("map_tiles", "a", "unet.map_tiles"),
        ("predict", "gb", "gb_unet.predict"),
        ("network", "gb", "gb_unet.network"),
        ("label", "gb", "unet.label"),
        ("label", "rcnn", "mask_rcnn.label"),
    ],
)
def test_the_module_of_a_step(step, network, module):
    assert plan().networks.module(step, network) == f"nucleibench.families.{module}"


# Labels


def test_labels_are_made_from_predictions_or_from_images():
    labels = plan().labels
    assert labels.sources("otsu", "other") == ["<results>/normalized/other"]
    assert labels.sources("b", "other") == ["<results>/probabilities/b_turns_4/other"]
    assert labels.sources("both", "other") == [
        "<results>/probabilities/a/other",
        "<results>/probabilities/gb/other",
    ]
    assert labels.validation_sources("rcnn") == ["<results>/detections/rcnn/mine"]


def test_a_row_with_predictions_has_a_setting():
    labels = plan().labels
    assert labels.setting("otsu") == []
    assert labels.setting("a_watershed") == ["<results>/models/a_watershed/threshold.json"]


def test_processes_that_make_labels():
    labels = plan().labels
    assert labels.threads("otsu") == 8
    assert labels.threads("imagej") == 1  # Java starts once


@pytest.mark.parametrize(
    ("method", "module"),
    [
        ("otsu", "classical.label"),
        ("both", "unet.label"),
        ("gb", "unet.label"),
        ("rcnn", "mask_rcnn.label"),
    ],
)
def test_the_module_that_makes_labels(method, module):
    assert plan().labels.module(method) == f"nucleibench.families.{module}"


def test_a_row_of_one_network_can_be_released():
    labels = plan("networks: {a: {seeds: [1, 2]}}").labels
    folder = "<results>/models/a_seed_2"
    assert labels.release_inputs("a_watershed_seed_2") == {
        "weights": [f"{folder}/model.weights.h5"],
        "cards": [f"{folder}/card.json"],
        "setting": ["<results>/models/a_watershed_seed_2/threshold.json"],
    }


def test_a_row_of_several_networks_can_be_released():
    labels = plan(
        "methods: {both: {networks: [a, c]}}", "networks: {c: {family: unet, encoder: compact}}"
    ).labels
    weights = labels.release_inputs("both")["weights"]
    assert weights == [f"<results>/models/{name}/model.weights.h5" for name in "ac"]


@pytest.mark.parametrize("method", ["otsu", "both", "gb", "rcnn"])
def test_a_row_of_other_networks_than_u_nets_cannot_be_released(method):
    with pytest.raises(ConfigurationError, match=f"methods.{method}: only a row of U-Nets can be"):
        plan().labels.release_inputs(method)


def test_scripts_of_all_rules_have_a_fingerprint():
    found = plan()
    codes = {path.stem: found.code(path.stem) for path in (ROOT / "scripts").glob("*.py")}
    assert len(set(codes.values())) == len(codes)
    assert found.code("segment") != found.code("segment", "nucleibench.families.unet.label")
