"""Other tools' predictions as rows: made by a command, or there before."""

import shutil

import numpy as np
import pandas as pd
import pytest
from skimage.io import imread
from toy import ROOT, Workflow, planned_jobs

pytestmark = pytest.mark.workflow
TARGETS = [f"results/metrics/{row}/tnbc.csv" for row in ("tool", "otsu")]
OF_THE_TOOL = {"run_command": 1, "segment": 1, "evaluate_method": 1}
COMMAND = "python 'my tool.py' {images} {output}"
ROW = {"family": "external", "saw": {}}


def call(workflow, *arguments, **tool):
    methods = {"tool": {**ROW, **tool}}
    changes = {"networks": {}, "methods": methods, "compare": ["otsu", "tool"]}
    return workflow.run(*arguments, "--", *TARGETS, figure_3_methods=[], **changes)


def plan(workflow, **tool):
    output = call(workflow, "-n", **tool).stdout
    return {} if "Nothing to be done" in output else planned_jobs(output)


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Workflow:
    """A toy experiment with a tool in a folder whose name has a space and a quote."""
    workflow = Workflow(tmp_path_factory.mktemp("it's external"))
    shutil.copy(ROOT / "examples" / "threshold_nuclei.py", workflow.folder / "my tool.py")
    assert plan(workflow, command=COMMAND) == {
        **{"draw_archive": 3, "import_dataset": 2, "normalize_images": 1},
        **{"fit_stain_reference": 1, "run_command": 1, "segment": 2, "evaluate_method": 2},
    }
    result = call(workflow, command=COMMAND)
    assert result.returncode == 0, result.stdout
    return workflow


@pytest.fixture
def workflow(finished, tmp_path) -> Workflow:
    """A copy of the finished experiment, to be changed."""
    copy = Workflow(tmp_path / "copy")
    shutil.copytree(finished.folder, copy.folder, symlinks=True)
    return copy


def test_the_row_has_the_scores_of_what_the_command_wrote(finished):
    results = finished.folder / "results"
    (written,) = (results / "external" / "tool" / "tnbc").glob("*.png")
    scores = pd.read_csv(results / "metrics" / "tool" / "tnbc.csv")
    assert scores["image"].tolist() == [written.stem]
    assert scores["n_predicted"].tolist() == [len(np.unique(imread(written))) - 1]
    assert scores["aji"][0] > 0


def test_what_does_not_decide_the_predictions_runs_nothing(finished):
    assert plan(finished, command=COMMAND, name="A name", saw={"organs": ["colon"]}) == {}


def test_another_command_runs_again_and_nothing_of_other_rows(finished):
    assert plan(finished, command=f"{COMMAND} || false") == OF_THE_TOOL


def test_a_file_that_the_command_names_counts_by_content(workflow):
    tool = workflow.folder / "my tool.py"
    tool.touch()
    assert plan(workflow, command=COMMAND) == {}
    tool.write_text(tool.read_text().replace("[..., 0], 2)", "[..., 0], 1)"))
    assert plan(workflow, command=COMMAND) == OF_THE_TOOL


def test_a_failure_is_told_with_the_end_of_its_log_and_leaves_nothing(workflow):
    result = call(workflow, command="ls {images} > {output}/half.png; echo no weights; exit 3")
    assert result.returncode == 1
    assert "Error: a command of another tool failed:" in result.stdout
    assert "results/logs/run_command/tool_tnbc.log:\nno weights\n" in result.stdout
    folder = workflow.folder / "results" / "external" / "tool"
    assert not folder.exists() or [*folder.iterdir()] == []


def test_an_image_that_the_command_left_out_is_refused_by_name(workflow):
    result = call(workflow, command="touch {output}/a.png; ls {images}")
    assert result.returncode == 1
    image = pd.read_csv(workflow.folder / "results" / "data" / "tnbc" / "images.csv")["image"][0]
    assert f"external/tool/tnbc: has no prediction for {image};" in result.stdout


def test_predictions_that_are_there_need_no_command_and_count_by_content(workflow):
    given = workflow.folder / "theirs" / "tnbc"
    shutil.copytree(workflow.folder / "results" / "external" / "tool" / "tnbc", given)
    before = pd.read_csv(workflow.folder / TARGETS[0])
    tool = {"predictions": {"tnbc": "theirs/tnbc", "monuseg": "theirs/tnbc"}}
    assert plan(workflow, **tool) == {"segment": 1, "evaluate_method": 1}
    assert call(workflow, **tool).returncode == 0
    pd.testing.assert_frame_equal(pd.read_csv(workflow.folder / TARGETS[0]), before)
    assert plan(workflow, **tool) == {}
    (file,) = given.glob("*.png")
    np.save(file.with_suffix(".npy"), np.zeros(imread(file).shape, np.int32))
    file.unlink()
    assert plan(workflow, **tool) == {"segment": 1, "evaluate_method": 1}


def test_what_the_tool_saw_marks_its_row_and_makes_tables_alone(workflow):
    table = workflow.folder / "results" / "tables" / "table2_tnbc.md"
    methods = {"tool": {**ROW, "command": COMMAND}}
    changes = {"networks": {}, "compare": ["otsu", "tool"], "figure_3_methods": []}
    target = ["--", "results/tables/table2_tnbc.md"]
    result = workflow.run(*target, methods=methods, **changes)
    assert result.returncode == 0, result.stdout
    assert "| tool | " in table.read_text()
    methods["tool"]["saw"] = {"datasets": ["PanNuke"], "organs": ["breast"]}
    planned = planned_jobs(workflow.run("-n", *target, methods=methods, **changes).stdout)
    assert planned == {"tabulate_saw": 1, "tabulate_results": 1}
    assert workflow.run(*target, methods=methods, **changes).returncode == 0
    text = table.read_text()
    assert "| tool \N{DOUBLE DAGGER}<sup>a</sup> | " in text
    assert "trained on an organ of these images, in other datasets (breast)" in text
