"""Write mean and spread of the scores of methods that were trained from several seeds."""

from itertools import chain

from nucleibench.experiment.jobs import logged
from nucleibench.report.seeds import write_seeds

trainings = snakemake.params.trainings
with logged(snakemake.log[0]):
    write_seeds(
        dict(zip(chain(*trainings.values()), snakemake.input.metrics, strict=True)),
        trainings,
        snakemake.params.names,
        snakemake.wildcards.dataset,
        *snakemake.output,
    )
