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
