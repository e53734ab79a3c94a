"""Stale results are never taken for current: the workflow notices, and says what to do."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest
import yaml
from finished_tree import FinishedTree
from toy import ROOT

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.records import MADE, check_records, keep_records

CHANGED = {"methods": {"unet_resnet50": {"separation": "watershed"}}}
NO_RECORDS = "does not have the records of how they were made"


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> FinishedTree:
    return FinishedTree.make(tmp_path_factory.mktemp("stale") / "project")


@pytest.fixture
def tree(finished, tmp_path) -> FinishedTree:
    """A finished tree of one's own; its files have the times that they had."""
    folder = tmp_path / "project"
    shutil.copytree(finished.folder, folder, symlinks=True)
    return FinishedTree(folder)


def refused(tree, *arguments, **changes) -> str:
    """Return what a run says that must end before any job."""
    (tree.folder / "changes.yaml").write_text(yaml.safe_dump(changes))
    with pytest.raises(AssertionError) as caught:
        tree.call(*arguments, "--configfile", "changes.yaml")
    said = str(caught.value)
    assert "Traceback" not in said
    return " ".join(said.split())


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A folder of results and records that belong together, without a workflow."""
    monkeypatch.chdir(tmp_path)
    Path("results/tables").mkdir(parents=True)
    keep_records("results")
    check_records("results")
    return Path("results")


@pytest.mark.workflow
def test_records_that_were_deleted(tree):
    shutil.rmtree(tree.folder / ".snakemake")
    assert NO_RECORDS in refused(tree, **CHANGED)


def test_records_that_were_deleted_in_part(results):
    shutil.rmtree(".snakemake/metadata")
    with pytest.raises(ConfigurationError, match=NO_RECORDS):
        check_records(results)


def test_results_that_were_moved_to_another_name(results):
    results.rename("moved")
    with pytest.raises(ConfigurationError, match=f"results: moved has .*{NO_RECORDS}"):
        check_records("moved")


def test_results_that_were_copied_to_another_working_folder(results, tmp_path, monkeypatch):
    shutil.copytree(results, tmp_path / "other" / "results")
    monkeypatch.chdir(tmp_path / "other")
    with pytest.raises(ConfigurationError, match=NO_RECORDS):
        check_records("results")


def test_results_of_another_run_copied_over_ones_own(results):
    (results / ".records").write_text("of another run")
    with pytest.raises(ConfigurationError, match=NO_RECORDS):
        check_records(results)


def test_results_of_a_version_that_left_no_mark(results):
    (results / ".records").unlink()
    with pytest.raises(ConfigurationError, match="made by an earlier version"):
        check_records(results)


@pytest.mark.workflow
@pytest.mark.faults_long
def test_touched_results_are_still_made_again_for_a_changed_setting(tree):
    for path in (tree.folder / "results").rglob("*"):
        os.utime(path)
    (tree.folder / "changes.yaml").write_text(yaml.safe_dump(CHANGED))
    # Times of folders changed as well, so that more than the two of this row are made.
    assert tree.planned("--configfile", "changes.yaml")["segment"] >= 2


@pytest.mark.workflow
@pytest.mark.faults_long
def test_touching_by_snakemake(tree):
    assert "--touch would record old results as current" in refused(tree, "--touch", "--forceall")


def test_a_clock_that_went_back(results):
    later = time.time() + 3600
    os.utime(results / ".records", (later, later))
    with pytest.raises(ConfigurationError, match="set the clock, then start again"):
        check_records(results)


@pytest.mark.workflow
@pytest.mark.faults_long
def test_a_folder_that_was_moved_as_a_whole_goes_on(tree, tmp_path):
    moved = tree.folder.rename(tmp_path / "elsewhere")
    assert FinishedTree(moved).planned() == {}


def test_every_folder_of_results_needs_records_but_those_known_by_their_content():
    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r'<results>/(\w+)["/]', rules))
    assert {"metrics", "tables"} < named
    assert named - {"archives", "states", "logs", "benchmarks"} <= set(MADE)


def test_what_is_known_by_its_content_may_stay(results):
    shutil.rmtree(".snakemake")
    shutil.rmtree(results / "tables")
    (results / "states" / "unet").mkdir(parents=True)
    check_records(results)


@pytest.mark.workflow
@pytest.mark.faults_long
def test_two_configurations_in_one_folder_are_each_made_again(tree):
    """Each asks for its own labels, whichever was made last."""
    (tree.folder / "changes.yaml").write_text(yaml.safe_dump(CHANGED))
    planned = tree.planned("--configfile", "changes.yaml")
    assert planned["segment"] == 2
    assert tree.planned() == {}
