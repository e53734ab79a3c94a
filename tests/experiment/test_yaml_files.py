"""YAML files are read strictly; what is wrong has its file, its line and a remedy."""

import json
import subprocess
import sys

import pytest
import yaml
from configurations import ROOT
from hypothesis import given
from hypothesis import strategies as st
from snakemake.utils import update_config

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.__main__ import lay_over, main
from nucleibench.experiment.yaml_files import COLON, INDENTATION, check_yaml_files, read_yaml

TWICE = "the key size stands in line {} already; keep one of them"
BRACKET = "a comma or a closing bracket is missing, here or above"
COMPLETE = "the value before this is complete; remove this, or put both between quotes"
NO_DATE = "no date and no number (month must be in 1..12); quotes make it a text"
# Text -> line and remedy.
WRONG = {
    "tiles: {size: 64}\nseed: 1\ntiles: {size: 96}\n": (
        3,
        TWICE.format(1).replace("size", "tiles"),
    ),
    "tiles:\n  size: 64\n  overlap: 0.1\n  size: 96\n": (4, TWICE.format(2)),
    "tiles: {size: 64, size: 96}\n": (1, TWICE.format(1)),
    "a: &a {size: 64}\nb:\n  <<: *a\n  size: 96\n  size: 32\n": (5, TWICE.format(4)),
    "a: {'size': 64,\n  size: 96}\n": (2, TWICE.format(1)),
    "tiles:\n\tsize: 64\n": (2, "a tab; indent with spaces"),
    "tiles:\n  size: 64\n\toverlap: 0.1\n": (3, "a tab; indent with spaces"),
    "tiles:\n  size:\t64\n": (2, "a tab; indent with spaces"),
    "tiles: {\n\tsize: 64}\n": (2, "a tab; indent with spaces"),
    "seed: 3\nresults\n": (2, "a colon and a space are missing after a key"),
    "seed: 3\r\nresults\r\ntiles: {}\r\n": (2, "a colon and a space are missing after a key"),
    "tiles:\n  size 64\n  overlap: 0.1\n": (3, COLON),
    "seed:3\nresults: a\n": (2, COLON),
    "note: maps: good\n": (1, COLON),
    "tiles:\n  size: 64\n    overlap: 0.1\n": (3, COLON),
    "tiles:\n  size: 64\n overlap: 0.1\n": (3, INDENTATION),
    "compare:\n  - a\n - b\n": (3, INDENTATION),
    "compare:\n  - a\n  b: c\n": (3, INDENTATION),
    "tiles: {size: 64 overlap: 0.1}\n": (1, BRACKET),
    "compare: [a, b\nseed: 3\n": (2, BRACKET),
    "tiles: {size: 64]\n": (1, BRACKET),
    "tiles: {size: 64}}\n": (1, COMPLETE),
    "results: 'a' b\n": (1, COMPLETE),
    'seed: 3\nresults: "a\ntiles: {}\n': (2, "a quote opens here and does not close"),
    'results: "C:\\data"\n': (1, "a backslash between double quotes; use single quotes"),
    "results: @a\n": (1, "a text that begins with this character lacks quotes"),
    "results: **\n": (1, "a text that begins with * or & lacks quotes"),
    "results: !a b\n": (1, "a text that begins with ! lacks quotes"),
    "seed: *a\n": (1, "the name after * is given to nothing above; give it with &"),
    "a: &a 1\nb: &a 2\n": (2, "this name is given with & a second time; rename one"),
    "a: {<<: 3}\n": (1, "<<: takes the names of sections alone, as in <<: *name"),
    "a: {{b}}\n": (1, "a section or a list cannot be a key; remove the braces around it"),
    "a: 1\n---\nb: 2\n": (2, "--- begins a second document; remove it"),
    "a: 1\nb: 2021-99-99\n": (2, NO_DATE),
    "a: 1\nb: \x01\n": (2, "a control character; remove it"),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_said_with_file_line_and_remedy(tmp_path, text):
    line, remedy = WRONG[text]
    path = tmp_path / "mine.yaml"
    path.write_bytes(text.encode())
    assert problem_of(path) == f"{path}, line {line}: {remedy}"


def problem_of(path):
    with pytest.raises(ConfigurationError) as error:
        read_yaml(path)
    return str(error.value)


def test_another_encoding_is_named_with_its_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_bytes("seed: 1\nresults: Ergebnisse für mich\n".encode("latin-1"))
    assert problem_of(path) == f"{path}, line 2: not UTF-8; save the file in this encoding"


@pytest.mark.parametrize("text", ["", "# seed: 3\n", "---\n"])
def test_a_file_without_settings(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    assert problem_of(path) == f"{path}: no settings are in it; write some, or leave it out"


@pytest.mark.parametrize("text", ["- a\n", "seed:3\n", "3\n"])
def test_a_file_without_keys(tmp_path, text):
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    assert problem_of(path) == f"{path}: it has no keys at its top; write `key: value` there"


def test_a_file_that_cannot_be_read(tmp_path):
    assert problem_of(tmp_path / "a") == f"{tmp_path}/a: cannot be read: No such file or directory"
    assert problem_of(tmp_path) == f"{tmp_path}: cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("a: &a {b: 1, c: 2}\nd: {<<: *a, b: 3}\n", {"a": {"b": 1, "c": 2}, "d": {"b": 3, "c": 2}}),
        # The anchor is merged before its own section is read, which puts one key into it twice.
        (
            "x: &x {k: 1}\nin: {in: {b: &b {<<: *x, k: 2}}}\ntop: {<<: *b, y: 1}\n",
            {"x": {"k": 1}, "in": {"in": {"b": {"k": 2}}}, "top": {"k": 2, "y": 1}},
        ),
        (
            "a: &a {b: 1}\nc: &c {d: 1}\ne: {<<: *a, <<: *c}\n",
            {"a": {"b": 1}, "c": {"d": 1}, "e": {"b": 1, "d": 1}},
        ),
        ("a: {b: 1}\nc: {b: 2}\n", {"a": {"b": 1}, "c": {"b": 2}}),
        ('1: a\n"1": b\n', {1: "a", "1": "b"}),
        ("\ufeffa: ü\n", {"a": "ü"}),
        ('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}),
    ],
)
def test_what_is_right(tmp_path, text, content):
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    assert read_yaml(path) == content


def test_shipped_files_are_right_and_read_as_yaml_reads_them():
    paths = [ROOT / "config.yaml", *(ROOT / "config").glob("*.yaml")]
    check_yaml_files(paths)
    for path in paths:
        assert read_yaml(path) == yaml.safe_load(path.read_text())


def test_files_that_are_not_yaml_are_not_checked(tmp_path):
    (tmp_path / "mine.json").write_text('{\n\t"a": 1,\n\t"a": 2\n}')
    check_yaml_files([tmp_path / "mine.json"])


# One file over another

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("ab") | st.lists(st.integers()),
    lambda values: st.dictionaries(st.sampled_from("abc"), values, min_size=1),
)
CONFIGURATIONS = st.dictionaries(st.sampled_from("abc"), VALUES)


@given(CONFIGURATIONS, CONFIGURATIONS)
def test_files_are_laid_over_each_other_as_snakemake_does_it(base, changes):
    before = json.dumps(base)
    found = lay_over(base, changes)
    assert json.dumps(base) == before
    update_config(base, changes)
    assert found == base


# The command


@pytest.fixture
def checked(tmp_path, capsys):
    """Return what checks files with these texts: the exit status and what was printed."""

    def check(*texts):
        paths = [tmp_path / f"{number}.yaml" for number in range(len(texts))]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text)
        status = main(list(map(str, paths)))
        return status, "".join(capsys.readouterr()).replace(f"{tmp_path}/", "")

    return check


def test_the_command_says_what_is_compared(checked):
    assert checked() == (0, "right: 17 rows from 10 trainings\n")
    assert checked("compare: [otsu]", "compare: [otsu, mask_rcnn]")[1].startswith("right: 2 rows")


def test_the_command_says_what_is_wrong(checked):
    assert checked("tiles:\n\tsize: 3") == (1, "Error: 0.yaml, line 2: a tab; indent with spaces\n")
    assert checked("seed: 1", "tils: 3\n")[1].startswith("Error: the configuration is wrong:\n")


def test_the_command_checks_files_that_settings_name(checked):
    status, printed = checked("normalization: {reference: ./nowhere.png}")
    assert status == 1
    assert "normalization.reference: there is no file ./nowhere.png" in printed
    status, printed = checked("networks: {compact_unet: {release: nowhere}}")
    assert status == 1
    assert "networks.compact_unet.release: there is no file" in printed


def test_the_command_runs_as_a_module():
    command = [sys.executable, "-m", "nucleibench.experiment", "config/demo.yaml"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == "right: 17 rows from 11 trainings\n", result.stderr


# The workflow


@pytest.fixture
def plan_run(tmp_path):
    """Return what plans a run of the project with another config.yaml: status and messages."""
    for name in ("Snakefile", "rules", "nucleibench", "scripts", "envs", "report", "uv.lock"):
        (tmp_path / name).symlink_to(ROOT / name)

    def plan(config, *arguments):
        (tmp_path / "config.yaml").write_text(config)
        command = [sys.executable, "-m", "snakemake", "--dry-run", "--cores", "1", *arguments]
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
        return result.returncode, result.stdout + result.stderr

    return plan


@pytest.mark.workflow
def test_the_workflow_checks_its_configuration_before_snakemake_reads_it(plan_run, tmp_path):
    status, messages = plan_run((ROOT / "config.yaml").read_text() + "tiles:\n\tsize: 64\n")
    lines = len((ROOT / "config.yaml").read_text().splitlines())
    assert status == 1
    assert f"{tmp_path}/config.yaml, line {lines + 2}: a tab; indent with spaces" in messages


@pytest.mark.workflow
def test_the_workflow_refuses_a_key_that_stands_twice_in_a_file_of_ones_own(plan_run, tmp_path):
    """YAML itself would take the second. What is no YAML, Snakemake refuses in its own words."""
    (tmp_path / "mine.yaml").write_text("seed: 1\nseed: 2\n")
    status, messages = plan_run((ROOT / "config.yaml").read_text(), "--configfile", "mine.yaml")
    assert status == 1
    assert "mine.yaml, line 2: the key seed stands in line 1 already; keep one" in messages
