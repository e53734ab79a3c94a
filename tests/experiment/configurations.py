"""Configurations for tests: changes in YAML laid over config.yaml, as files are."""

import re
from pathlib import Path

import pytest
import yaml

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.__main__ import lay_over
from nucleibench.experiment.experiment import Experiment
from nucleibench.experiment.reading import read_configuration
from nucleibench.families.registry import find_families

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config.yaml").read_text())
FAMILIES = find_families()


def changed(*changes):
    """Return the paper's configuration with changes, YAML or plain values, laid over it."""
    config = PAPER
    for change in changes:
        config = lay_over(config, yaml.safe_load(change) if isinstance(change, str) else change)
    return config


def read(*changes):
    return read_configuration(changed(*changes), FAMILIES)


def problems(*changes):
    """Return all that is said to be wrong, a line each."""
    return problems_of(changed(*changes))


def problems_of(config):
    with pytest.raises(ConfigurationError) as error:
        Experiment.read(config, ROOT)
    first, *lines = str(error.value).splitlines()
    assert first == "the configuration is wrong:"
    return [line.removeprefix("  ") for line in lines]


def shipped(path):
    """Return a shipped configuration, laid over those that its first line says it changes."""
    below = re.match(r"# Changes to (config/\w+.yaml)", path.read_text())
    return lay_over(shipped(ROOT / below[1]) if below else PAPER, yaml.safe_load(path.read_text()))
