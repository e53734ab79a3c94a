"""Write a network's maps of all training tiles: inputs of a second network."""

from importlib import import_module
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.compute.settings import Computation
from nucleibench.experiment.jobs import logged
from nucleibench.families.interface import MappingJob

parameters = snakemake.params.job
computation = Computation.read(parameters["computation"])
with logged(snakemake.log[0]):
    configure(computation, snakemake.threads, snakemake.resources.gpu, parameters["seed"])
    family = import_module(parameters["module"])
    family.map_tiles(
        MappingJob(
            network=family.NETWORK.read(parameters["network"]),
            weights=Path(snakemake.input.weights),
            computation=computation,
            batch_size=parameters["batch_size"],
            tiles=Path(snakemake.input.tiles).parent,
            output=Path(snakemake.output.maps),
        )
    )
