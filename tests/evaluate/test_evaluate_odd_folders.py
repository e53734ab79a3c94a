"""``nucleibench evaluate`` of folders whose files or tables may mean something else."""

import os
import subprocess
import sys
import unicodedata

import numpy as np
import pytest

from nucleibench.cli import main
from nucleibench.images import write_labels

TRUE = np.zeros((64, 64), np.int32)
TRUE[5:15, 5:15], TRUE[30:50, 20:50] = 1, 2


@pytest.fixture
def evaluate(tmp_path, capsys):
    """Score what lies in two folders, which have ``a.tif``: exit status, and what was said."""
    for folder in ("true", "predicted"):
        (tmp_path / folder).mkdir()
        write_labels(tmp_path / folder / "a.tif", TRUE)

    def call(*options):
        folders = (str(tmp_path / name) for name in ("true", "predicted"))
        return main(["evaluate", *folders, *map(str, options)]), *capsys.readouterr()

    return call


@pytest.mark.parametrize("name", ["notes.txt", "c.jpg", "more/c.tif"])
def test_files_that_are_not_read_are_told(tmp_path, evaluate, name):
    (tmp_path / "predicted" / name).parent.mkdir(exist_ok=True)
    (tmp_path / "predicted" / name).write_text("of the tool")
    status, _, err = evaluate()
    assert status == 0
    assert err.startswith(f"Warning: {tmp_path}/predicted: {name.split('/')[0]}: not read; labels")


def test_an_empty_file_is_one_line(tmp_path, evaluate):
    (tmp_path / "predicted" / "a.tif").write_bytes(b"")
    status, _, err = evaluate()
    assert status == 1
    (line,) = err.splitlines()
    assert "the file is cut short or damaged" in line


def test_a_mask_of_truth_values_is_a_mask(tmp_path, evaluate):
    (tmp_path / "predicted" / "a.tif").unlink()
    np.save(tmp_path / "predicted" / "a.npy", TRUE > 0)
    status, out, err = evaluate()
    assert (status, out.splitlines()[0]) == (0, "1 image, 2 true nuclei, 2 predicted")
    assert "a.npy: is a mask of one value, so nuclei that touch count as one" in err


def test_background_that_is_not_0_is_told(tmp_path, evaluate):
    write_labels(tmp_path / "predicted" / "a.tif", TRUE + 1)
    status, _, err = evaluate()
    assert status == 0
    assert "a.tif: one nucleus covers 83% of the image; is it the background?" in err


def test_forms_of_unicode_are_one_name(tmp_path, evaluate):
    for place, form in (("true", "NFC"), ("predicted", "NFD")):
        name = unicodedata.normalize(form, "caf\N{LATIN SMALL LETTER E WITH ACUTE}")
        write_labels(tmp_path / place / f"{name}.tif", TRUE)
    status, out, _ = evaluate()
    assert (status, out.splitlines()[0]) == (0, "2 images, 4 true nuclei, 4 predicted")


def test_a_sheet_may_name_files(tmp_path, evaluate):
    (tmp_path / "sheet.csv").write_text("image,organ\na.png,Liver\n")
    status, out, _ = evaluate("--sheet", tmp_path / "sheet.csv")
    assert (status, out.splitlines()[-1].split()[0]) == (0, "liver")


def test_a_sheet_with_two_lines_of_an_image_is_refused(tmp_path, evaluate):
    (tmp_path / "sheet.csv").write_text("image,organ\na.png,x\na,y\n")
    status, _, err = evaluate("--sheet", tmp_path / "sheet.csv")
    assert status == 1
    assert "a and a.png are one image; each image needs one line" in err


def test_a_reader_that_goes_away_ends_the_command_without_a_traceback(tmp_path, evaluate):
    places = [str(tmp_path / "true"), str(tmp_path / "predicted")]
    command = [sys.executable, "-u", "-m", "nucleibench", "evaluate", *places]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, "")
