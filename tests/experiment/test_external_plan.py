"""Predictions of other tools: where they are, what decides them, and what is missing."""

import pytest
from small import plan

from nucleibench.errors import ConfigurationError
from nucleibench.files import file_digest

ROW = """
methods:
  theirs: {family: external, predictions: %s}
"""
COMMAND = """
methods:
  tool: {family: external, command: "run '%s' {root}/envs/data.yaml {images} {output}", gpus: 2}
"""


def test_labels_come_from_predictions_and_the_sheet_of_the_dataset():
    labels = plan(ROW % "folder", COMMAND % "x").labels
    sheet = "<results>/data/other/images.csv"
    assert labels.sources("theirs", "other") == ["folder/other", sheet]
    assert labels.sources("tool", "other") == ["<results>/external/tool/other", sheet]
    assert labels.setting("tool") == []


def test_files_count_by_content(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.npy").write_bytes(b"1")
    (tmp_path / "other" / ".clutter").write_bytes(b"1")
    found = plan(ROW % tmp_path)
    before = found.parameters.segment("theirs", "other")
    assert before["predictions"] == {"a.npy": file_digest(tmp_path / "other" / "a.npy")}
    (tmp_path / "other" / "a.npy").write_bytes(b"22")
    assert plan(ROW % tmp_path).parameters.segment("theirs", "other") != before
    assert "predictions" not in found.parameters.segment("otsu", "other")


def test_a_command_counts_with_the_files_that_it_names(tmp_path):
    (tmp_path / "a b.py").write_text("1")
    found = plan(COMMAND % (tmp_path / "a b.py"))
    job = found.parameters.run_command("tool")
    root = found.root
    assert job["files"] == {
        str(tmp_path / "a b.py"): file_digest(tmp_path / "a b.py"),
        "{root}/envs/data.yaml": file_digest(root / "envs" / "data.yaml"),
    }
    assert job["command"] == f'run \'{tmp_path}/a b.py\' "$root"/envs/data.yaml "$images" "$output"'
    assert found.external.gpus("tool") == 2
    assert found.external.environment("tool") == f"{root}/envs/data.yaml"


@pytest.mark.parametrize(
    ("method", "problem"),
    [
        (ROW % "nowhere", "methods.theirs.predictions: there is no folder nowhere/other; correct"),
        (ROW % "{mine: .}", "methods.theirs.predictions: has no folder for other; add other: "),
        (
            "methods: {theirs: {family: external, command: 'a {images} {output}', conda: a.yaml}}",
            "/a.yaml; correct the path",
        ),
    ],
)
def test_what_is_missing_is_told_before_anything_runs(method, problem):
    found = plan(method)
    with pytest.raises(ConfigurationError) as caught:
        found.external.check_files(["otsu", "theirs"], ["mine", "other"])
    assert problem in str(caught.value)


def test_what_is_not_compared_may_be_missing():
    plan(ROW % "nowhere").external.check_files(["otsu"], ["mine", "other"])
