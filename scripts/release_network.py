"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from nucleibench.compute.accelerators import hide_accelerators
from nucleibench.data.sheets import organs_of_split
from nucleibench.experiment.jobs import logged
from nucleibench.report.release import write_release

datasets, training = snakemake.params.datasets, snakemake.params.training_dataset
sheets = dict(zip(datasets, snakemake.input.sheets, strict=True))
with logged(snakemake.log[0]):
    hide_accelerators()  # the job asked for none
    write_release(
        snakemake.output.folder,
        snakemake.input.weights,
        snakemake.input.reference,
        snakemake.input.setting[0],
        snakemake.input.cards,
        dict(zip(datasets, snakemake.input.metrics, strict=True)),
        sheets,
        {"datasets": [training], "organs": organs_of_split(sheets[training], "train")},
        snakemake.params.usage,
    )
