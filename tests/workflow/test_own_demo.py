"""The demonstration of a dataset of one's own: what it runs."""

import pytest
from toy import ROOT, Workflow, planned_jobs

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def plan(tmp_path_factory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("plan")
    (folder / "nucleibench").symlink_to(ROOT / "nucleibench")  # the reference lies in it
    workflow = Workflow(folder)
    result = workflow.call("-n", "--configfile", str(ROOT / "config" / "demo_own.yaml"))
    assert result.returncode == 0, result.stdout
    return planned_jobs(result.stdout)


def test_nothing_is_downloaded_or_trained(plan):
    assert not {rule for rule in plan if "download" in rule or "train" in rule}
    assert plan["draw_archive"] == plan["import_dataset"] == 1


def test_the_shipped_networks_and_another_tool_are_scored_beside_classical_methods(plan):
    assert plan["install_network"] == plan["predict"] == 3
    assert plan["install_setting"] == 1
    assert plan["run_command"] == 1
    assert plan["evaluate_method"] == 4
    assert plan["tabulate_comparisons"] == 1
