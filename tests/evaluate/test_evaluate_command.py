"""``nucleibench evaluate`` as a user calls it, on squares whose scores are known."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

from nucleibench.cli import main
from nucleibench.images import write_labels

CONSOLE_SCRIPT = Path(sys.executable).with_name("nucleibench")

# One square of 10 x 10 pixels; the prediction covers its upper half: IoU 0.5.
TRUE = np.zeros((40, 60), np.int32)
TRUE[5:15, 5:15] = 1
HALF = np.zeros_like(TRUE)
HALF[5:10, 5:15] = 7
WHOLE_AND_ONE_MORE = TRUE + 9 * np.roll(TRUE, 30, axis=1)


def outline(left, top, right, bottom):
    ring = [[left, top], [right, top], [right, bottom], [left, bottom], [left, top]]
    return {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


SQUARE = {"type": "FeatureCollection", "features": [outline(5, 5, 15, 15)]}

WRITERS = {
    ".tif": lambda path, labels: write_labels(path, labels),
    ".png": lambda path, labels: cv2.imwrite(str(path), labels.astype(np.uint16)),
    ".npy": lambda path, labels: np.save(path, labels),
    ".mat": lambda path, labels: savemat(path, {"inst_map": labels}),
}


@pytest.fixture
def folders(tmp_path):
    """Two images in TIFF, predictions in two other kinds."""
    for name in ("true", "predicted"):
        (tmp_path / name).mkdir()
    for image in ("a", "b"):
        write_labels(tmp_path / "true" / f"{image}.tif", TRUE)
    np.save(tmp_path / "predicted" / "a.npy", HALF)
    WRITERS[".png"](tmp_path / "predicted" / "b.png", WHOLE_AND_ONE_MORE)
    return tmp_path


def evaluate(capsys, folder, *more):
    """Return exit status, standard output and standard error."""
    status = main(["evaluate", str(folder / "true"), str(folder / "predicted"), *map(str, more)])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_console_script_prints_the_table_and_writes_a_row_for_each_image(folders):
    output = folders / "scores.csv"
    command = [CONSOLE_SCRIPT, "evaluate", folders / "true", folders / "predicted"]
    result = subprocess.run(
        [*map(str, command), "--output", str(output)], capture_output=True, text=True, timeout=120
    )
    assert (result.returncode, result.stderr) == (0, "")
    head, *lines = result.stdout.splitlines()
    assert head == "2 images, 2 true nuclei, 3 predicted"
    values = {line[:10].strip(): float(line[10:].split()[0]) for line in lines}
    # a: 50 of 100 pixels; b: 100 of 200, for the square that nobody took.
    assert values["AJI"] == 0.5
    assert values["F1 (0.5)"] == pytest.approx(2 * 2 / (2 + 3), abs=1e-4)
    assert values["F1 (0.7)"] == pytest.approx(2 * 1 / (2 + 3), abs=1e-4)
    rows = pd.read_csv(output).set_index("image")
    assert rows["aji"].tolist() == [0.5, 0.5]
    assert rows.loc["b", ["n_true", "n_predicted", "tp_50", "invented"]].tolist() == [1, 2, 1, 1]


@pytest.mark.parametrize("suffix", WRITERS)
def test_every_kind_of_label_map_is_read_as_it_is(folders, capsys, suffix):
    for path in (folders / "predicted").iterdir():
        path.unlink()
    for image in ("a", "b"):
        WRITERS[suffix](folders / "predicted" / f"{image}{suffix}", TRUE * 5)
    status, out, _ = evaluate(capsys, folders)
    assert status == 0
    assert "AJI        1.0000" in out


def test_outlines_are_drawn_on_the_image_of_the_label_map(folders, capsys):
    (folders / "predicted" / "a.npy").unlink()
    (folders / "predicted" / "a.geojson").write_text(json.dumps(SQUARE))
    status, _, _ = evaluate(capsys, folders, "--output", folders / "scores.csv")
    assert status == 0
    assert pd.read_csv(folders / "scores.csv")["aji"][0] == pytest.approx(1, abs=0.2)


def remove(folder):
    (folder / "predicted" / "a.npy").unlink()


def add(folder):
    np.save(folder / "predicted" / "c.npy", HALF)


def double(folder):
    np.save(folder / "predicted" / "b.npy", HALF)


def enlarge(folder):
    np.save(folder / "predicted" / "a.npy", np.kron(HALF, np.ones((2, 2), int)))


def soften(folder):
    np.save(folder / "predicted" / "a.npy", HALF * 0.1)


def cut_short(folder):
    path = folder / "predicted" / "b.png"
    path.write_bytes(path.read_bytes()[:60])


def outline_both(folder):
    for name in ("true/a.tif", "predicted/a.npy"):
        (folder / name).unlink()
        (folder / name).with_suffix(".geojson").write_text(json.dumps(SQUARE))


def empty(folder):
    for path in (folder / "predicted").iterdir():
        path.unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove, "predicted: has no prediction for a; an image without nuclei needs an empty"),
        (add, "predicted: c has no true labels in "),
        (double, "predicted: b.npy and b.png are of one image; remove one"),
        (enlarge, "a.npy: has 120 x 80 pixels, but the image a has 60 x 40 (it seems to be of"),
        (soften, "a.npy: "),
        (cut_short, "b.png: "),
        (outline_both, "neither is a label map, so that the size of the image is unknown"),
        (empty, "predicted: holds no labels; they are files of .tif, "),
    ],
)
def test_what_cannot_be_compared_is_named_and_nothing_is_written(folders, capsys, spoil, message):
    spoil(folders)
    status, out, err = evaluate(capsys, folders, "--output", folders / "scores.csv")
    assert (status, out) == (1, "")
    assert err.startswith("Error: ")
    assert len(err.splitlines()) == 1
    assert message in err
    assert not (folders / "scores.csv").exists()


def test_wrong_use_is_told_before_anything_is_read(folders, capsys):
    (folders / "scores.csv").write_text("mine")
    status, _, err = evaluate(capsys, folders, "--output", folders / "scores.csv")
    assert (status, err) == (
        2,
        f"Error: {folders}/scores.csv exists; remove it or choose another file\n",
    )
    assert (folders / "scores.csv").read_text() == "mine"
    assert main(["evaluate", str(folders / "true"), str(folders / "true")]) == 2
    assert "is given twice" in capsys.readouterr().err
    assert main(["evaluate", str(folders / "true"), str(folders / "nowhere")]) == 2
    assert (
        "nowhere is no folder; give a folder of label maps or outlines" in capsys.readouterr().err
    )


def test_files_of_operating_systems_are_passed_over(folders, capsys):
    (folders / "predicted" / "._a.png").write_bytes(b"clutter")
    (folders / "predicted" / "notes.txt").write_text("of the tool")
    assert evaluate(capsys, folders)[0] == 0


def test_a_mask_of_one_value_is_told_of(folders, capsys):
    apart = (WHOLE_AND_ONE_MORE > 0).astype(np.uint8)
    np.save(folders / "predicted" / "a.npy", apart)
    status, _, err = evaluate(capsys, folders)
    assert status == 0
    assert "a.npy: is a mask of one value, so nuclei that touch count as one" in err
