"""The configuration: config.yaml and what is laid over it."""

import sys
from pathlib import Path

# The folder of the library, scripts and environments: also where another workflow imports this one.
ROOT = Path(str(workflow.current_basedir)).parent
sys.path.insert(0, str(ROOT))

from snakemake.common.configfile import load_configfile
from snakemake.exceptions import WorkflowError
from snakemake.utils import update_config

from nucleibench.errors import NucleiBenchError
from nucleibench.experiment.yaml_files import check_yaml_files

try:
    # Before Snakemake reads config.yaml, as its own message names neither file nor line.
    check_yaml_files([ROOT / "config.yaml", *workflow.configfiles])
except NucleiBenchError as error:
    raise WorkflowError(str(error))


# Beside the rules, so that the workflow runs from any folder.
configfile: str(ROOT / "config.yaml")


if workflow.modifier.skip_configfile:
    # Another workflow imports this one: what it gives is laid over config.yaml, as a file would be.
    given, config = config, load_configfile(ROOT / "config.yaml")
    update_config(config, given)
