"""The page of the toy experiment, and Snakemake's own report of it."""

import re

import pytest
from toy import planned_jobs

pytestmark = pytest.mark.workflow


def test_the_page_asks_for_all_that_the_default_target_makes(fresh_workflow):
    everything = planned_jobs(fresh_workflow.run("-n").stdout)
    page = planned_jobs(fresh_workflow.run("-n", "--", "report_page").stdout)
    assert page.pop("write_page") == page.pop("report_page") == 1
    assert everything.pop("all") == 1
    assert page == everything


def test_the_page_shows_the_finished_run_and_is_not_written_twice(finished_workflow):
    result = finished_workflow.run("--", "report_page")
    assert result.returncode == 0, result.stdout
    text = (finished_workflow.folder / "results" / "report.html").read_text()
    sections = re.findall(r'<section id="(\w+)"', text)
    expected = {"overview", "data", "samples", "scores", "tables", "figures", "trainings", "costs"}
    assert expected | {"deviations", "published"} <= set(sections)
    assert "Table 2, tnbc: 1 images" in text
    again = finished_workflow.run("-n", "--", "report_page").stdout
    assert "write_page" not in again


def test_snakemakes_report_lists_titles_and_all_tables(finished_workflow, tmp_path):
    report = tmp_path / "report.html"
    result = finished_workflow.run("--report", str(report))
    assert result.returncode == 0, result.stdout
    text = report.read_text()
    for dataset in ("monuseg", "tnbc"):
        assert f"Table 2: scores on {dataset}" in text
        assert f"Mistakes on {dataset}" in text
    assert "Table 3: AJI of every image" in text
    assert "Learning curves of unet_a" in text
    added = re.findall(r"Adding (\S+\.csv)", result.stdout)
    tables = (finished_workflow.folder / "results" / "tables").glob("*.csv")
    on_demand = {"validation.csv"}
    assert set(added) - on_demand == {path.name for path in tables} - on_demand
