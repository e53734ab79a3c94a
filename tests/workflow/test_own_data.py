"""docs/own-data.md, from a folder of images to Table 2: its blocks, as they are and in order.

Only the line that activates the environment is left out: the tests run in one already.
"""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import pandas as pd
import pytest
from toy import ROOT

from nucleibench.data.synthetic import draw_image

pytestmark = pytest.mark.workflow

SECTION = "From a folder of images to Table 2"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a clone does not have, though the folder of the project may.
NOT_CLONED = {"results", "resources", "my_dataset", "predictions", "outlines", "scores.csv"}
NOT_CLONED |= {".git", ".snakemake", "mine.yaml", "train.yaml"}
SIDE = 256


def read_blocks() -> list[tuple[str, str]]:
    """Return (language, text) of the blocks of the section."""
    page = (ROOT / "docs" / "own-data.md").read_text()
    return FENCE.findall(page.split(f"\n## {SECTION}\n")[1].split("\n## ")[0])


def clone(folder: Path) -> None:
    for entry in ROOT.iterdir():
        if entry.name not in NOT_CLONED:
            (folder / entry.name).symlink_to(entry)


def draw_data(folder: Path, table: str) -> None:
    """Draw the images that a table names and their outlines, and let a tool predict them."""
    images, labels, predictions = (
        folder / name for name in ("my_dataset/images", "my_dataset/labels", "predictions")
    )
    for path in (images, labels, predictions):
        path.mkdir(parents=True)
    (folder / "my_dataset" / "images.csv").write_text(table)
    for line in csv.DictReader(table.splitlines()):
        image, tissue = draw_image(line["organ"], line["image"], 0, SIDE)
        cv2.imwrite(str(images / f"{line['image']}.png"), image[..., ::-1])
        (labels / f"{line['image']}.geojson").write_text(json.dumps(collect(tissue.outlines)))
    tool = ROOT / "examples" / "threshold_nuclei.py"
    subprocess.run([sys.executable, str(tool), str(images), str(predictions)], check=True)


def collect(outlines) -> dict:
    rings = ([*outline.tolist(), outline[0].tolist()] for outline in outlines)
    polygons = [{"type": "Polygon", "coordinates": [ring]} for ring in rings]
    return {"type": "FeatureCollection", "features": polygons}


def run(folder: Path, script: str) -> str:
    """Run a block as a reader does who has activated the environment."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    result = subprocess.run(
        ["bash", "-euc", script],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PATH": programs, "OMP_NUM_THREADS": "1"},
        timeout=900,
    )
    assert result.returncode == 0, f"{script}\n{result.stdout}"
    return result.stdout


def jobs_of(said: str) -> dict[str, int]:
    """Return rule -> number of jobs, as Snakemake tells before it starts."""
    table = said.split("Job stats:")[1].split("Select jobs")[0]
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}


@pytest.fixture(scope="module")
def followed(tmp_path_factory) -> tuple[Path, list[str]]:
    """The folder after all blocks, and what each command said."""
    folder = tmp_path_factory.mktemp("project")
    clone(folder)
    said = []
    for language, text in read_blocks():
        if language == "csv":
            draw_data(folder, text)
        elif language == "yaml":
            (folder / text.split("\n")[0].removeprefix("# ")).write_text(text)
        elif language == "bash":
            said.append(run(folder, text.replace("source .venv/bin/activate\n", "")))
    return folder, said


def test_the_check_finds_the_images_and_draws_them(followed):
    folder, (check, *_) = followed
    assert "my_dataset: 5 images of 5 patients, " in check
    assert "splits: train (3), test (2)" in check
    assert "odd:" not in check
    assert (folder / "outlines" / "my_dataset.png").is_file()


def test_table_2_has_all_rows_and_then_the_trained_one(followed):
    _, (*_, shipped, trained) = followed
    rows = ["| Otsu | ", "| Compact U-Nets, mean of three<sup>a</sup> | ", "| My tool | "]
    assert [row in shipped for row in [*rows, "| My network | "]] == [True, True, True, False]
    assert [row in trained for row in [*rows, "| My network | "]] == [True] * 4
    assert "There is no interval from fewer than 6 patients" in trained


def test_the_shipped_networks_find_the_nuclei_and_are_not_run_again(followed):
    folder, (*_, trained) = followed
    scores = pd.read_csv(folder / "results/mine/metrics/compact_unets/mine.csv")
    assert scores["image"].tolist() == ["case04", "case05"]
    assert scores["aji"].min() > 0.5
    # Nothing of other rows, of which there are three before.
    assert jobs_of(trained) == {
        **{"map_weights": 1, "augment_tiles": 1, "train_network": 1, "predict": 1},
        **{"choose_setting": 1, "segment": 1, "evaluate_method": 1},
        **{"tabulate_saw": 1, "tabulate_results": 1, "total": 9},
    }


def test_the_tool_has_the_same_scores_in_the_table_and_without_a_workflow(followed):
    folder, _ = followed
    alone = pd.read_csv(folder / "scores.csv").set_index("image")["aji"]
    row = pd.read_csv(folder / "results/mine/metrics/their_tool/mine.csv").set_index("image")["aji"]
    pd.testing.assert_series_equal(row, alone[row.index])
    assert row.min() > 0
