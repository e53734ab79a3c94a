"""Images of another scale, through the real workflow."""

import pandas as pd
import pytest
from toy import TOY, planned_jobs

from nucleibench.data.synthetic import draw_image
from nucleibench.images import read_labels, read_rgb, write_labels, write_rgb

pytestmark = pytest.mark.workflow

SIZES = {"own": 0.25, "half": 0.5}
ROWS = {"compare": ["hematoxylin"], "figure_3_methods": ["hematoxylin"]}


def datasets(sizes=SIZES):
    archives = {name: {"all": {"path": name}} for name in sizes}
    return TOY["datasets"] | {
        name: {"format": "folder", "pixel_size": size, "archives": archives[name]}
        for name, size in sizes.items()
    }


@pytest.fixture
def workflow(fresh_workflow):
    """One drawn image at 0.25 micrometres and at 0.5."""
    image, layout = draw_image("kidney", "drawn", 0, 256)
    for name, step in {"own": 1, "half": 2}.items():
        folder = fresh_workflow.folder / name
        write_rgb(folder / "images" / "a.png", image[::step, ::step])
        write_labels(folder / "labels" / "a.tif", layout.labels[::step, ::step])
        (folder / "images.csv").write_text("image,organ,patient,split\na,kidney,p,test\n")
    return fresh_workflow


def test_images_of_another_scale_are_segmented_at_that_of_the_networks(workflow):
    targets = [f"results/metrics/hematoxylin/{name}.csv" for name in SIZES]
    result = workflow.run("--", *targets, datasets=datasets(), **ROWS)
    assert result.returncode == 0, result.stdout
    results = workflow.folder / "results"
    shapes = {
        name: (
            read_rgb(results / "normalized" / name / "a.png").shape[:2],
            read_labels(results / "segmentations" / "hematoxylin" / name / "a.tif").shape,
        )
        for name in SIZES
    }
    assert shapes == {"own": ((256, 256), (256, 256)), "half": ((256, 256), (128, 128))}
    own, half = (pd.read_csv(workflow.folder / target)["aji"][0] for target in targets)
    assert own > 0.5
    assert half == pytest.approx(own, abs=0.1)
    log = (results / "logs" / "import_dataset" / "half.log").read_text()
    assert "1 image of 1 has pixels of 0.5 micrometres. The workflow brings these" in log

    other = datasets({"own": 0.25, "half": 0.4})
    planned = planned_jobs(workflow.run("-n", "--", *targets, datasets=other, **ROWS).stdout)
    again = ("import_dataset", "normalize_images", "segment", "evaluate_method")
    assert planned == dict.fromkeys(again, 1)
