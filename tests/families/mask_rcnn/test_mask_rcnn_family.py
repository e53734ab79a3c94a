import subprocess
import sys

import pytest
from pydantic import ValidationError

from nucleibench.errors import DataError
from nucleibench.families.interface import Network
from nucleibench.families.mask_rcnn.family import FAMILY, MaskRCNNMethod
from nucleibench.families.mask_rcnn.label import LabelSetting, list_candidates, read_setting
from nucleibench.families.mask_rcnn.settings import Descent, MaskRCNNNetwork, Sampling
from nucleibench.files import write_json
from nucleibench.labelling.settings import Candidates
from nucleibench.training.settings import TrainingSettings

NETWORK = MaskRCNNNetwork(family="mask_rcnn")
METHOD = MaskRCNNMethod(network="a")


def check(**changes):
    return list(METHOD.model_copy(update=changes).check({"a": NETWORK}))


def test_its_settings_are_read_without_keras():
    code = f"import {FAMILY.package}.family, sys; sys.exit('keras' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_lists_of_a_configuration_are_read():
    section = {"family": "mask_rcnn", "size": {"blocks": [1, 2, 3, 4]}}
    assert MaskRCNNNetwork.read(section).size.blocks == (1, 2, 3, 4)


@pytest.mark.parametrize(
    "section",
    [
        {"descent": {"flips": True}},
        {"descent": {"drop_epochs": [0]}},
        {"sampling": {"anchors": 1}},
        {"sampling": {"positive_share": 0}},
        {"detection": {"overlap": 1}},
        {"size": {"zoom": 0}},
    ],
)
def test_settings_out_of_bounds_are_refused(section):
    with pytest.raises(ValidationError):
        MaskRCNNNetwork.read({"family": "mask_rcnn", **section})


def test_at_least_one_region_is_trained_as_a_nucleus():
    assert Sampling(regions=1, positive_share=0.1).positives == 1
    assert Sampling().positives == 42


def test_first_weights_are_those_of_coco_where_they_are_asked_for():
    assert NETWORK.first_weights() is None
    with_coco = NETWORK.model_copy(update={"coco_weights": True})
    assert with_coco.first_weights() == "coco_weights/mask_rcnn_coco.h5"


def test_settings_decide_weights_predictions_and_labels():
    weights = {"family", "coco_weights", "size", "sampling", "descent"}
    assert set(NETWORK.deciding_weights()) == weights
    assert set(NETWORK.deciding_predictions()) == {"family", "size", "detection"}
    assert set(METHOD.deciding_labels()) == {"network", "scores", "max_ious"}


def test_a_learning_rate_that_falls_otherwise_is_refused():
    assert not list(NETWORK.check({}, TrainingSettings()))
    (problem,) = NETWORK.check({}, TrainingSettings(schedule="cosine"))
    assert problem == (
        "training.schedule",
        "Mask R-CNN takes constant alone; its learning rate falls after descent.drop_epochs",
    )


def test_candidates_beyond_what_is_detected_are_refused():
    assert check() == []
    (scores,) = check(scores=(0.05, 0.5))
    assert scores[0] == "scores"
    assert scores[1].startswith("0.05 is less than detection.min_score (0.1)")
    (max_ious,) = check(max_ious=(0.1, 0.6))
    assert max_ious[0] == "max_ious"
    assert max_ious[1].startswith("0.6 is more than detection.max_iou (0.5)")


def test_a_network_of_another_family_is_refused():
    (problem,) = METHOD.check({"a": Network(family="unet")})
    assert problem == ("network", "a is not a network of the family mask_rcnn")


def test_candidates_are_all_combinations_the_sizes_varying_fastest():
    method = MaskRCNNMethod(network="a", scores=(0.2, 0.4), max_ious=(0.1, 0.3))
    found = list_candidates(method, Candidates(min_sizes=(5, 9)))
    assert len(found) == 8
    assert found[:3] == [
        LabelSetting(0.2, 0.1, 5),
        LabelSetting(0.2, 0.1, 9),
        LabelSetting(0.2, 0.3, 5),
    ]
    assert found[-1] == LabelSetting(0.4, 0.3, 9)


def test_a_chosen_setting_is_read(tmp_path):
    write_json(tmp_path / "a.json", {"min_score": 0.5, "max_iou": 0.2, "min_size": 30})
    assert read_setting(tmp_path / "a.json") == LabelSetting(0.5, 0.2, 30)


@pytest.mark.parametrize("content", [{"threshold": 0.5}, [1]])
def test_another_content_is_no_setting(tmp_path, content):
    write_json(tmp_path / "a.json", content)
    with pytest.raises(DataError, match=r"not a chosen setting .* choose it again"):
        read_setting(tmp_path / "a.json")


def test_descent_is_that_of_the_paper():
    assert Descent().plain() == {
        "drop_epochs": [],
        "momentum": 0.9,
        "weight_decay": 0.0001,
        "clip_norm": 5.0,
        "rotate_flip": True,
    }
