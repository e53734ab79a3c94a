"""The network that comes with the project, used as a newcomer would: from the command line."""

import numpy as np
import pandas as pd
from commands import ROOT, call

import nucleibench
from nucleibench.data.synthetic import draw_image
from nucleibench.evaluate.scores import score_image
from nucleibench.families.unet.release import read_release
from nucleibench.files import read_json
from nucleibench.images import read_labels, write_rgb
from nucleibench.report.licences import find_licences

RELEASE = ROOT / "nucleibench" / "pretrained" / "compact_unet"


def test_the_release_is_whole_small_and_licensed():
    release, card = read_release(RELEASE), read_json(RELEASE / "card.json")
    colors = [member.network.colors for member in release.members]
    assert colors == ["normalized", "original", "original"]
    assert sum(path.stat().st_size for path in RELEASE.iterdir()) < 10.5e6
    assert find_licences(card) == {"monuseg": "CC-BY-NC-SA-4.0"}
    assert card["test_organ"] == "breast"
    text = (RELEASE / "README.md").read_text()
    assert all(member.sha256 in text for member in release.members)


def test_it_finds_the_nuclei_of_a_drawn_image(tmp_path):
    image, layout = draw_image("kidney", "drawn", 0, 320)
    write_rgb(tmp_path / "drawn.png", image)
    result = call(tmp_path / "drawn.png", tmp_path / "out", "--threads", "1")
    assert result.status == 0, result.text
    record = read_json(tmp_path / "out" / "drawn.json")
    assert record["network"]["files"] == ["model.onnx", "model_2.onnx", "model_3.onnx"]
    labels = read_labels(tmp_path / "out" / "drawn.tif")
    scores = score_image(layout.labels, labels)
    assert scores["tp_50"] > 0.7 * scores["n_true"]
    assert scores["n_predicted"] < 1.3 * scores["n_true"]
    assert len(pd.read_csv(tmp_path / "out" / "drawn.csv")) == labels.max()
    assert result.lines == [
        "drawn: the file does not state the size of a pixel: 0.25 micrometres are assumed",
        f"{labels.max()} nuclei in 1 image: {tmp_path / 'out'}/summary.csv",
    ]


def test_one_of_the_networks_segments_alone(tmp_path):
    image, layout = draw_image("kidney", "drawn", 0, 320)
    write_rgb(tmp_path / "drawn.png", image)
    out = tmp_path / "out"
    assert call(tmp_path / "drawn.png", out, "--members", "3").status == 0
    record, labels = read_json(out / "drawn.json"), read_labels(out / "drawn.tif")
    members = read_json(RELEASE / "card.json")["members"]
    assert record["network"]["files"] == ["model_3.onnx"]
    assert record["network"]["sha256"] == members[2]["sha256"]
    assert score_image(layout.labels, labels)["tp_50"] > 0.7 * layout.labels.max()
    alone = nucleibench.segment(image, members=[3])
    np.testing.assert_array_equal(alone.labels, labels)
    # All of them find other nuclei, so the image is not finished.
    assert call(tmp_path / "drawn.png", out).status == 0
    assert (read_labels(out / "drawn.tif") != labels).any()
