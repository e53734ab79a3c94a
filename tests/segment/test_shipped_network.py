"""The network that comes with the project, used as a newcomer would: from the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

from nucleibench.data.synthetic import draw_image
from nucleibench.evaluate.scores import score_image
from nucleibench.images import read_labels, write_rgb
from nucleibench.models.release import read_release

ROOT = Path(__file__).parents[2]
RELEASE = ROOT / "pretrained" / "compact_unet"


def segment(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "nucleibench.segment", *map(str, arguments), "--threads", "1"],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_the_release_is_whole_small_and_licensed():
    card = read_release(RELEASE)
    assert sum(path.stat().st_size for path in RELEASE.iterdir()) < 8e6
    assert "CC BY-NC-SA 4.0" in card["licence"]
    assert card["test_organ"] == "breast"
    assert card["sha256"] in (RELEASE / "README.md").read_text()


def test_it_finds_the_nuclei_of_a_drawn_image(tmp_path):
    image, layout = draw_image("kidney", "drawn", 0, 320)
    write_rgb(tmp_path / "drawn.png", image)
    result = segment(tmp_path / "drawn.png", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    labels = read_labels(tmp_path / "out" / "drawn.tif")
    scores = score_image(layout.labels, labels)
    assert scores["tp_50"] > 0.7 * scores["n_true"]
    assert scores["n_predicted"] < 1.3 * scores["n_true"]
    assert len(pd.read_csv(tmp_path / "out" / "nuclei.csv")) == labels.max()
    assert f"{labels.max()} nuclei in 1 images" in result.stdout


def test_a_mistake_on_the_command_line_is_one_clear_line(tmp_path):
    result = segment(tmp_path / "nowhere", tmp_path / "out")
    assert result.returncode == 1
    assert "nowhere does not exist; give an image or a folder of images" in result.stderr
    assert "Traceback" not in result.stderr
