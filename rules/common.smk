"""The experiment that the rules ask, and how they ask it."""

import inspect
import re

from snakemake.settings.types import DeploymentMethod

from nucleibench.experiment.experiment import Experiment
from nucleibench.experiment.jobs import share_library, share_programs

share_library(ROOT)  # to jobs, whichever environment they run in
DEPLOYMENT = workflow.deployment_settings.deployment_method
IN_A_CONTAINER = DeploymentMethod.APPTAINER in DEPLOYMENT and bool(config.get("container"))
IN_THIS_ENVIRONMENT = DeploymentMethod.CONDA not in DEPLOYMENT and not IN_A_CONTAINER

try:
    experiment = Experiment.read(config, ROOT, IN_THIS_ENVIRONMENT)
    experiment.check(cached=workflow.workflow_settings.cache is not None)
except NucleiBenchError as error:
    raise WorkflowError(str(error))


def start(touched):
    """Prepare for jobs, or end in words."""
    try:
        experiment.start(touched)
    except NucleiBenchError as error:
        raise WorkflowError(str(error))


CONFIGURATION = experiment.configuration


# Rules have no image where none is named.
container: CONFIGURATION.container


DATASETS = list(CONFIGURATION.datasets)
TRAINING_DATASET = CONFIGURATION.training_dataset
TRAINING_DATA = f"<results>/data/{TRAINING_DATASET}"


pathvars:
    results=CONFIGURATION.results,
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


def ask(answer, *wildcards):
    """Return what asks the experiment with the wildcards of a job, or those of these names."""
    names = wildcards or list(inspect.signature(answer).parameters)
    return lambda job: answer(*(job[name] for name in names))


def of_training(answer):
    """Return what asks with the training that predicts."""
    return lambda job: answer(experiment.networks.training_of(job.prediction))


def pattern_of(names):
    """Return a wildcard pattern of these names, the longest first; of none, one that never fits."""
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"


wildcard_constraints:
    dataset=pattern_of(DATASETS),
    part="[^/]+",
    colors="normalized|original",
    # Trainings: those that are trained, those that are installed, and any.
    training=pattern_of(experiment.networks.trainable),
    installed=pattern_of(experiment.networks.installable),
    stage=pattern_of(experiment.networks.trainings),
    kind="probabilities|detections",
    prediction=pattern_of(experiment.networks.predictions),
    # Rows of the tables: any, those whose setting is chosen, and those that a release brings one.
    method=pattern_of(experiment.labels.rows),
    chosen=pattern_of(experiment.labels.chosen),
    released=pattern_of(experiment.labels.installed),
    slide=pattern_of(experiment.slides.slides),
