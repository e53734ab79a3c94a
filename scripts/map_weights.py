"""Write the cross-entropy weight map of every image of the training dataset."""

from nucleibench.jobs import logged
from nucleibench.prepare.weights import write_weight_maps

with logged(snakemake.log[0]):
    write_weight_maps(
        snakemake.input.sheet,
        snakemake.input.labels,
        snakemake.output.weights,
        **snakemake.params.settings,
        workers=snakemake.threads,
    )
