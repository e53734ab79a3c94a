"""Write mean and spread of the scores of networks that were trained from several seeds."""

from nucleibench.jobs import logged
from nucleibench.report.seeds import write_seeds

with logged(snakemake.log[0]):
    write_seeds(
        dict(zip(snakemake.params.methods, snakemake.input.metrics, strict=True)),
        snakemake.params.trainings,
        snakemake.wildcards.dataset,
        *snakemake.output,
    )
