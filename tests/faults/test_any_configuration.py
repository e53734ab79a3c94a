"""Whatever the schema accepts gives a plan, or is refused in words."""

import inspect
import json
import re
from itertools import product

import pytest
from accepted_settings import SMALL, VALIDATOR, configurations
from hypothesis import HealthCheck, event, given, settings
from toy import ROOT, Workflow

from nucleibench.errors import NucleiBenchError
from nucleibench.experiment.experiment import Experiment

QUICK = {
    "deadline": None,
    "database": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
}


ASKED = re.compile(r'ask\(experiment\.(\w+)\.(\w+)(?:, "(\w+)")?\)')
ON_REQUEST = {"release", "release_inputs", "released_setting", "release_files"}
"""What only the rules of releases ask, which no table needs."""


def pools(experiment: Experiment) -> dict[str, list[str]]:
    """Return wildcard -> what it can be, as in rules/common.smk."""
    networks, labels = experiment.networks, experiment.labels
    return {
        "dataset": list(experiment.configuration.datasets),
        "colors": ["normalized", "original"],
        "training": networks.trainable,
        "installed": networks.installable,
        "stage": list(networks.trainings),
        "prediction": list(networks.predictions),
        "method": list(labels.rows),
        "chosen": labels.chosen,
        "slide": list(experiment.slides.slides),
    }


def questions() -> list[tuple[str, str, str]]:
    """Return plan, method and wildcard of all that the rules ask."""
    rules = "".join(path.read_text() for path in (ROOT / "rules").glob("*.smk"))
    return sorted(set(ASKED.findall(rules)))


def ask_all(experiment: Experiment) -> int:
    """Ask all that rules ask, of every name; return how many answers there were."""
    known, answers = pools(experiment), []
    for plan, name, wildcard in questions():
        method = getattr(getattr(experiment, plan), name)
        wanted = [wildcard] if wildcard else list(inspect.signature(method).parameters)
        if name not in ON_REQUEST and set(wanted) <= known.keys():
            answers += [method(*words) for words in product(*(known[word] for word in wanted))]
    for name, _ in inspect.getmembers(Experiment, lambda member: isinstance(member, property)):
        answers.append(getattr(experiment, name))
    return len(answers)


def test_the_small_one_is_accepted_and_planned():
    assert VALIDATOR.is_valid(SMALL)
    assert ask_all(Experiment.read(SMALL, ROOT, versions_installed=False)) > 50


@settings(max_examples=60, **QUICK)
@given(configurations())
def test_what_the_schema_accepts_is_planned_or_refused_in_words(config):
    try:
        experiment = Experiment.read(config, ROOT, versions_installed=False)
        experiment.check(cached=False)
    except NucleiBenchError as error:
        event("refused")
        assert str(error)  # noqa: PT017 - most are planned
    else:
        ask_all(experiment)
        event("planned")


@pytest.mark.workflow
@pytest.mark.faults_long
def test_the_snakefile_plans_or_refuses_it_in_words(tmp_path_factory):
    @settings(max_examples=8, **QUICK)
    @given(configurations())
    def dry_run(config):
        folder = tmp_path_factory.mktemp("any")
        result = Workflow(folder).run("-n", **json.loads(json.dumps(config)))
        assert "Traceback" not in result.stdout
        assert result.returncode == 0 or "WorkflowError" in result.stdout, result.stdout

    dry_run()
