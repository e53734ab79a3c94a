"""Configuration, names and input functions that all rules share."""

import os
import sys

# Jobs import the library from this folder, whichever environment they run in.
sys.path.insert(0, str(workflow.basedir))
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(workflow.basedir), os.environ.get("PYTHONPATH")])
)

from snakemake.exceptions import WorkflowError

from nucleibench.configuration import complete, training_settings
from nucleibench.errors import ConfigurationError
from nucleibench.fingerprint import fingerprint

try:
    config = complete(config)
except ConfigurationError as error:
    raise WorkflowError(str(error))


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


METHODS = config["methods"]
COMPARED = config["compare"]
TRAINING_DATASET = config["training_dataset"]


def names_of(*kinds):
    """Return a wildcard pattern of the methods of these kinds; one that nothing matches if none."""
    return "|".join(n for n, m in METHODS.items() if m["kind"] in kinds) or "(?!)"


def code_of(rule):
    """Return the fingerprint of a rule's script and of the library that it reaches."""
    return fingerprint(f"{workflow.basedir}/scripts/{rule}.py")


def method_settings(wildcards):
    """Return a method's section of the configuration, without what only the tables show."""
    return {
        k: v
        for k, v in METHODS[wildcards.method].items()
        if k not in ("note", "training")
    }


def method_training(wildcards):
    return training_settings(config, wildcards.method)


def needed_methods(names):
    """Return the methods and all that they are made of."""
    found = []
    for name in names:
        parts = METHODS[name].get("members", []) + METHODS[name].get("stage_one", [])
        found += [*needed_methods(parts), name]
    return list(dict.fromkeys(found))


TRAINED = [
    name
    for name in needed_methods(COMPARED)
    if METHODS[name]["kind"] in ("unet", "gb_unet", "mask_rcnn")
]


wildcard_constraints:
    dataset="|".join(config["datasets"]),
    method="|".join(METHODS),
    part="[^/]+",
