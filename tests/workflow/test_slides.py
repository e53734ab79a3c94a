"""Slides of one's own beside the experiment, through the real workflow."""

import json
import shutil

import pandas as pd
import pytest
from toy import ROOT, Workflow, planned_jobs
from toy_slides import SLIDES, TARGET, draw_slides, list_slides

pytestmark = pytest.mark.workflow


def plan(workflow, **slides):
    result = workflow.run("-n", *TARGET, slides={**SLIDES, **slides})
    assert result.returncode == 0, result.stdout
    return planned_jobs(result.stdout) if "Job stats" in result.stdout else {}


def test_each_slide_is_a_job_that_runs_again_for_its_own_reasons(fresh_workflow):
    folder = fresh_workflow.folder
    draw_slides(folder)
    list_slides(folder, 1)
    result = fresh_workflow.run(*TARGET, slides=SLIDES)
    assert result.returncode == 0, result.stdout
    list_slides(folder, 2)
    assert plan(fresh_workflow) == {"segment_slide": 1, "segment_slides": 1}
    result = fresh_workflow.run(*TARGET, slides=SLIDES)
    assert result.returncode == 0, result.stdout
    results = folder / "results" / "slides"
    summary = pd.read_csv(results / "summary.csv")
    assert summary[["slide", "patient"]].values.tolist() == [["slide0", "P0"], ["slide1", "P1"]]
    assert (summary["nuclei"] > 5).all()
    assert summary["pixel_size_um"].tolist() == [0.25, 0.25]
    ends = ("csv", "tif", "json")
    names = {"summary.csv", *(f"slide{number}.{end}" for number in range(2) for end in ends)}
    assert {path.name for path in results.iterdir()} == names
    for number, nuclei in enumerate(summary["nuclei"]):
        assert len(pd.read_csv(results / f"slide{number}.csv")) == nuclei

    page = ("--", "results/slides/slide0.html")
    planned = fresh_workflow.run("-n", *page, slides=SLIDES)
    assert planned_jobs(planned.stdout) == {"write_slide_page": 1}
    result = fresh_workflow.run(*page, slides=SLIDES)
    assert result.returncode == 0, result.stdout
    assert f"<dd>{summary['nuclei'][0]} <" in (results / "slide0.html").read_text()

    assert plan(fresh_workflow) == {}
    assert plan(fresh_workflow, turns=2) == {"segment_slide": 2, "segment_slides": 1}
    assert plan(fresh_workflow, members=[3]) == {"segment_slide": 2, "segment_slides": 1}
    other = folder / "release"
    shutil.copytree(ROOT / "nucleibench" / "pretrained" / "compact_unet", other)
    card = json.loads((other / "card.json").read_text())
    (other / "card.json").write_text(json.dumps({**card, "members": card["members"][:1]}))
    jobs = plan(fresh_workflow, network=str(other))
    assert jobs == {"segment_slide": 2, "segment_slides": 1}


def test_a_network_of_the_experiment_segments_slides(finished_workflow, tmp_path):
    shutil.copytree(finished_workflow.folder, tmp_path, dirs_exist_ok=True)
    workflow = Workflow(tmp_path)
    draw_slides(tmp_path)
    slides = {**SLIDES, "images": "slides", "network": "unet_a"}
    jobs = plan(workflow, **slides)
    assert jobs == {"release_network": 1, "segment_slide": 2, "segment_slides": 1}
    result = workflow.run(*TARGET, slides=slides)
    assert result.returncode == 0, result.stdout
    summary = pd.read_csv(tmp_path / "results" / "slides" / "summary.csv")
    assert summary["network"].tolist() == ["unet_a", "unet_a"]
    card = json.loads((tmp_path / "results" / "releases" / "unet_a" / "card.json").read_text())
    record = json.loads((tmp_path / "results" / "slides" / "slide0.json").read_text())
    assert record["network"]["sha256"] == card["members"][0]["sha256"]
    assert plan(workflow, **slides) == {}


def test_what_is_wrong_with_slides_is_told_before_any_job(fresh_workflow):
    folder = fresh_workflow.folder
    draw_slides(folder)
    keys = "allowed are: images, network, members, outputs, tissue, turns, threads, gpus"
    wrong = {
        "nowhere does not exist": {"images": "nowhere"},
        "slides.network: unet_c is none of the networks": {"images": "slides", "network": "unet_c"},
        "members: give numbers from 1 to 3, each once, not [4]": {
            "images": "slides",
            "members": [4],
        },
        keys: {"images": "slides", "colour": "red"},
    }
    for said, slides in wrong.items():
        result = fresh_workflow.run("-n", *TARGET, slides=slides)
        assert result.returncode != 0
        assert said in result.stdout
