"""Write the cross-entropy weight map of every image of the training dataset."""

from nucleibench.experiment.jobs import logged
from nucleibench.prepare.settings import WeightMap
from nucleibench.prepare.weights import write_weight_maps

with logged(snakemake.log[0]):
    write_weight_maps(
        snakemake.input.sheet,
        snakemake.input.labels,
        snakemake.output.weights,
        WeightMap.read(snakemake.params.settings),
        workers=snakemake.threads,
    )
