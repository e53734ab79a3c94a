"""``nucleibench evaluate`` as a user calls it, on squares whose scores are known."""

import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from scipy.io import savemat

import nucleibench
from nucleibench.cli import main
from nucleibench.errors import DataError
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
    status, _, err = evaluate(capsys, folders)
    assert (status, err) == (0, "")


def test_a_mask_of_one_value_is_told_of(folders, capsys):
    apart = (WHOLE_AND_ONE_MORE > 0).astype(np.uint8)
    np.save(folders / "predicted" / "a.npy", apart)
    status, _, err = evaluate(capsys, folders)
    assert status == 0
    assert "a.npy: is a mask of one value, so nuclei that touch count as one" in err


def test_every_image_that_is_wrong_is_named(folders, capsys):
    enlarge(folders)
    cut_short(folders)
    write_labels(folders / "true" / "c.tif", TRUE)
    write_labels(folders / "true" / "d.tif", TRUE)
    np.save(folders / "predicted" / "e.npy", HALF)
    status, out, err = evaluate(capsys, folders)
    assert (status, out) == (1, "")
    assert [line.split(": ")[2].split(";")[0] for line in err.splitlines()] == [
        "has no prediction for c",
        "has no prediction for d",
        f"e has no true labels in {folders}/true",
    ]
    for name in ("true/c.tif", "true/d.tif", "predicted/e.npy"):
        (folders / name).unlink()
    status, out, err = evaluate(capsys, folders)
    assert (status, out) == (1, "")
    assert [Path(line.split(": ")[1]).name for line in err.splitlines()] == ["a.npy", "b.png"]


def write_sheet(folder, *lines, columns="image,patient,organ"):
    (folder / "sheet.csv").write_text("\n".join([columns, *lines]))
    return "--sheet", folder / "sheet.csv"


def test_a_sheet_gives_organs_and_patients(folders, capsys):
    sheet = write_sheet(folders, "b,7,Colon", "a,07,Breast", "z,8,Lung")
    status, out, _ = evaluate(capsys, folders, *sheet, "--output", folders / "scores.csv")
    assert status == 0
    assert "AJI        0.5000   no interval from 2 patients, fewer than 6" in out
    assert [line.split() for line in out.splitlines()[-3:]] == [
        ["Organ", "Images", "AJI", "PQ", "F1", "(0.5)", "F1", "(0.7)"],
        ["breast", "1", "0.5000", "0.0000", "1.0000", "0.0000"],
        # One of two is right: PQ is 1 / 1.5.
        ["colon", "1", "0.5000", "0.6667", "0.6667", "0.6667"],
    ]
    rows = pd.read_csv(folders / "scores.csv", dtype=str)
    assert rows.columns.tolist()[:4] == ["image", "patient", "organ", "n_true"]
    assert rows[["image", "patient", "organ"]].to_numpy().tolist() == [
        ["a", "07", "breast"],
        ["b", "7", "colon"],
    ]


def test_the_interval_takes_images_of_a_patient_together(folders, capsys):
    names = [f"i{number}" for number in range(12)]
    for number, name in enumerate(names):
        write_labels(folders / "true" / f"{name}.tif", TRUE)
        np.save(folders / "predicted" / f"{name}.npy", HALF if number % 2 else TRUE)
    for place in ("true/a.tif", "true/b.tif", "predicted/a.npy", "predicted/b.png"):
        (folders / place).unlink()
    _, out, _ = evaluate(capsys, folders)
    low, high = re.search("95% interval from 12 images: (.*) to (.*)", out).groups()
    assert 0.5 < float(low) < 0.75 < float(high) < 1
    # Each patient has one image of each kind, so that patients are all alike.
    lines = [f"{name},p{number // 2}" for number, name in enumerate(names)]
    _, out, _ = evaluate(capsys, folders, *write_sheet(folders, *lines, columns="image,patient"))
    assert "AJI        0.7500   95% interval from 6 patients: 0.75 to 0.75" in out


@pytest.mark.parametrize(
    ("lines", "columns", "messages"),
    [
        (["a,1,x"], "image,patient,organ", ["has no line for b; add it"]),
        (["a,1", "b,1", "a,2"], "image,patient", ["line 4 names a again; each image needs one"]),
        ([], "image,organ", ["has no line for a; add it", "has no line for b; add it"]),
        (["a,1"], "name,patient", ["has the columns name, patient, but needs image, and commas"]),
        (["a,1", "b,1"], "image,split", ["line 2 (a): split is 1; write train or test"]),
        (["a,train", "b,test"], "image,split", ["has neither a column patient nor a column organ"]),
        (["a,1,x", "b,,y"], "image,patient,organ", ["has no patient of b"]),
        (["a,Doe, Jane", "b,x"], "image,patient", ["line 2 has more values than there are colu"]),
        (['"a,1'], "image,patient", ["not readable as CSV in UTF-8"]),
    ],
)
def test_a_sheet_that_does_not_tell_is_refused(folders, capsys, lines, columns, messages):
    sheet = write_sheet(folders, *lines, columns=columns)
    status, out, err = evaluate(capsys, folders, *sheet)
    assert (status, out) == (1, "")
    found = err.splitlines()
    assert len(found) == len(messages)
    for line, message in zip(found, messages, strict=True):
        assert line.startswith(f"Error: {folders}/sheet.csv: {message}")


def test_two_arrays_have_the_scores_of_two_files(folders, capsys):
    evaluate(capsys, folders, "--output", folders / "scores.csv")
    row = pd.read_csv(folders / "scores.csv").set_index("image").loc["b"]
    scores = nucleibench.evaluate(TRUE, WHOLE_AND_ONE_MORE)
    assert {name: scores[name] for name in row.index} == row.to_dict()
    assert scores["f1_50"] == scores["f1_70"] == pytest.approx(2 / 3)
    assert (scores["map_paper"], scores["map_dsb"]) == (0.5, 0.5)
    assert (scores["recall_70"], scores["precision_70"]) == (1, 0.5)
    with pytest.raises(DataError):
        nucleibench.evaluate(TRUE, TRUE[:20])


def test_the_function_is_there_before_and_after_its_folder_is_imported():
    code = (
        "import sys, nucleibench; assert not {'numpy', 'pandas'} & sys.modules.keys();"
        "import numpy; print(nucleibench.evaluate(numpy.eye(3, dtype=int), numpy.eye(3, dtype=int))"
        "['aji']); import nucleibench.evaluate.scores;"
        "print(nucleibench.evaluate(numpy.eye(3, dtype=int), numpy.zeros((3, 3), int))['aji'])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (result.stdout.split(), result.stderr) == (["1.0", "0.0"], "")
