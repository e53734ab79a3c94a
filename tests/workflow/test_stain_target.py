"""A target of colour normalisation that is no image of the training dataset."""

import pytest

from nucleibench.data.sheets import read_sheet
from nucleibench.data.synthetic import draw_image
from nucleibench.stain.target import fit_target, write_target

pytestmark = pytest.mark.workflow
MADE = ["results/normalized/target.json", "results/data/monuseg/images.csv"]


def test_the_target_of_an_earlier_run_is_taken_over(fresh_workflow):
    kept = fresh_workflow.folder / "kept.json"
    write_target(kept, fit_target(draw_image("kidney", "earlier", 0, 96)[0], "vahadane"))
    result = fresh_workflow.run("--", *MADE, normalization={"target": "./kept.json"})
    assert result.returncode == 0, result.stdout
    target, sheet = (fresh_workflow.folder / path for path in MADE)
    assert target.read_bytes() == kept.read_bytes()
    assert set(read_sheet(sheet)["split"]) == {"train", "test"}


def test_measuring_by_image_normalises_anew_with_the_same_target(fresh_workflow):
    normalized = "results/normalized/tnbc.csv"
    colours = {"target": "SYN-LIVER-01"}
    result = fresh_workflow.run("--", normalized, normalization=colours)
    assert result.returncode == 0, result.stdout
    colours["unit"] = "image"
    result = fresh_workflow.run("--dry-run", "--", normalized, normalization=colours)
    assert "rule normalize_images:" in result.stdout
    assert "rule fit_stain_target:" not in result.stdout
