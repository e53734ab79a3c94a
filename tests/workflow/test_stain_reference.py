"""A reference of colour normalisation that is no image of the training dataset."""

import pytest

from nucleibench.data.sheets import read_sheet
from nucleibench.data.synthetic import draw_image
from nucleibench.stain.reference import fit_reference, write_reference

pytestmark = pytest.mark.workflow
MADE = ["results/normalized/target.json", "results/data/monuseg/images.csv"]


def test_the_reference_of_an_earlier_run_is_taken_over(fresh_workflow):
    kept = fresh_workflow.folder / "kept.json"
    write_reference(kept, fit_reference(draw_image("kidney", "earlier", 0, 96)[0], "vahadane"))
    result = fresh_workflow.run("--", *MADE, normalization={"reference": "./kept.json"})
    assert result.returncode == 0, result.stdout
    reference, sheet = (fresh_workflow.folder / path for path in MADE)
    assert reference.read_bytes() == kept.read_bytes()
    assert set(read_sheet(sheet)["split"]) == {"train", "test"}


def test_measuring_by_image_normalises_anew_with_the_same_reference(fresh_workflow):
    normalized = "results/normalized/tnbc.csv"
    colours = {"reference": "SYN-LIVER-01"}
    result = fresh_workflow.run("--", normalized, normalization=colours)
    assert result.returncode == 0, result.stdout
    colours["unit"] = "image"
    result = fresh_workflow.run("--dry-run", "--", normalized, normalization=colours)
    assert "rule normalize_images:" in result.stdout
    assert "rule fit_stain_reference:" not in result.stdout
