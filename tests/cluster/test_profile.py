"""The profile for Slurm and the rules of the workflow, beside each other."""

import re

import pytest
import yaml
from toy import ROOT, Workflow

PROFILE = yaml.safe_load((ROOT / "profiles" / "slurm" / "config.yaml").read_text())
DEFAULT = yaml.safe_load((ROOT / "profiles" / "default" / "config.yaml").read_text())


def rules() -> dict[str, str]:
    """Return rule -> its text, behind that of the rule that it changes."""
    text = "".join(path.read_text() for path in sorted((ROOT / "rules").glob("*.smk")))
    found = {}
    for block in re.split(r"^(?=rule |use rule )", text, flags=re.MULTILINE)[1:]:
        changed, name = re.match(r"(?:use rule (\w+) as|rule) (\w+)", block).groups()
        found[name] = found.get(changed, "") + block
    return found


RULES = rules()
LOCAL = {name for name, block in RULES.items() if "localrule: True" in block}


@pytest.mark.parametrize("section", ["set-resources", "groups"])
def test_every_rule_that_is_named_exists_and_is_submitted(section):
    assert set(PROFILE[section]) <= RULES.keys() - LOCAL


def test_every_costly_rule_has_resources_of_its_own():
    costly = {name for name, block in RULES.items() if "threads:" in block or "gpu=" in block}
    assert {"augment_tiles", "train_network", "predict", "map_tiles", "segment"} <= costly
    for name in costly:
        assert {"mem_mb", "runtime"} <= PROFILE["set-resources"][name].keys(), name


def test_jobs_that_ask_for_accelerators_go_to_the_partition_that_has_them():
    asking = {name for name, block in RULES.items() if "gpu=" in block}
    resources = PROFILE["set-resources"]
    assert asking == {n for n, asked in resources.items() if asked.get("slurm_partition") == "gpu"}


def test_every_retry_asks_for_more():
    asked = [PROFILE["default-resources"], *PROFILE["set-resources"].values()]
    values = [values[key] for values in asked for key in ("mem_mb", "runtime") if key in values]
    assert all(value.startswith("attempt * ") for value in values)


def test_light_jobs_share_submissions():
    light = {name for name in RULES if name.startswith(("tabulate_", "plot_"))}
    assert light | {"segment_slides"} == {
        name for name, group in PROFILE["groups"].items() if group == "report"
    }


def test_it_says_of_reruns_what_the_default_profile_says():
    assert {key: PROFILE[key] for key in DEFAULT if key != "printshellcmds"} == {
        key: value for key, value in DEFAULT.items() if key != "printshellcmds"
    }


@pytest.mark.workflow
def test_the_papers_experiment_is_planned_with_it(tmp_path):
    profile = str(ROOT / "profiles" / "slurm")
    result = Workflow(tmp_path, gpu=1).call("-n", "--workflow-profile", profile)
    assert result.returncode == 0, result.stdout
    training = result.stdout.split("\nrule train_network:")[1].split("\n[")[0]
    asked = dict(re.findall(r"(\w+)=([\w./]+)", training.split("resources:")[1]))
    wanted = {"gpu": "1", "mem_mb": "32000", "runtime": "1440", "slurm_partition": "gpu"}
    assert wanted.items() <= asked.items()
