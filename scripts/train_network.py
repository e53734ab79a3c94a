"""Train a network until convergence, resuming an interrupted run."""

from importlib import import_module
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.experiment.jobs import logged
from nucleibench.families.interface import TrainingJob
from nucleibench.training.model_files import ModelFiles
from nucleibench.training.settings import TrainingSettings

parameters, name = snakemake.params.job, snakemake.wildcards.training
settings = TrainingSettings.read(parameters["training"])
with logged(snakemake.log[0]) as tell:
    configure(settings, snakemake.threads, snakemake.resources.gpu, parameters["seed"])
    family = import_module(parameters["module"])
    files = ModelFiles(*map(Path, snakemake.output))
    family.train(
        TrainingJob(
            name=name,
            network=family.NETWORK.read(parameters["network"]),
            training=settings,
            seed=parameters["seed"],
            tiles=Path(snakemake.input.tiles).parent,
            first_weights=next(map(Path, snakemake.input.get("first_weights", [])), None),
            first_stage=list(map(Path, snakemake.input.get("first_stage", []))),
            code=parameters["code"],
            states=files.weights.parents[2] / "states" / name,
            files=files,
            tell=lambda line: tell(f"{name}: {line}"),
        )
    )
