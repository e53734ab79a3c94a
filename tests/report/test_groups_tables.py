"""Tables of scores by organ and by patient."""

import pandas as pd
import pytest
from latex import check_structure

from nucleibench.report.groups import write_groups


def test_scores_by_organ_and_by_patient(tmp_path, write_metrics, write_sheet_of, titles_of):
    metrics = {"otsu": write_metrics("otsu", aji=(0.1, 0.2, 0.6)), "mine": write_metrics("mine")}
    images = pd.read_csv(metrics["otsu"])["image"].tolist()
    sheet = write_sheet_of(images, ["p", "q", "q"], ["liver", "breast", "liver"])
    kinds = ("csv", "md", "tex")
    outputs = {by: [tmp_path / f"{by}.{kind}" for kind in kinds] for by in ("organ", "patient")}
    write_groups(metrics, titles_of("otsu", "mine"), "tnbc", sheet, outputs)
    organs = pd.read_csv(outputs["organ"][0]).set_index(["method", "organ"])
    assert organs.loc[("otsu", "liver"), ["images", "aji"]].tolist() == pytest.approx([2, 0.35])
    assert organs.loc[("otsu", "breast"), ["images", "aji"]].tolist() == pytest.approx([1, 0.2])
    patients = pd.read_csv(outputs["patient"][0]).set_index(["method", "patient"])
    assert patients.loc[("otsu", "q"), "aji"] == pytest.approx(0.4)
    text = outputs["patient"][1].read_text()
    assert "**tnbc: mean AJI on each patient." in text
    assert "| Method | p, 1 image, 10 nuclei | q, 2 images, 50 nuclei |" in text
    assert "| Otsu | 0.100 | 0.400 |" in text
    for files in outputs.values():
        check_structure(files[2].read_text())


def test_of_one_organ_there_is_no_table(tmp_path, write_metrics, write_sheet_of, titles_of):
    outputs = {"organ": [tmp_path / f"organ.{kind}" for kind in ("csv", "md", "tex")]}
    metrics = {"otsu": write_metrics("otsu")}
    write_groups(metrics, titles_of("otsu"), "tnbc", write_sheet_of(), outputs)
    assert pd.read_csv(outputs["organ"][0]).empty
    assert "tnbc: all images are of one organ" in outputs["organ"][1].read_text()
    check_structure(outputs["organ"][2].read_text())
