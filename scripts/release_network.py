"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from nucleibench.compute.accelerators import hide_accelerators
from nucleibench.data.sheets import organs_of_split
from nucleibench.experiment.jobs import logged
from nucleibench.report.release import write_release

with logged(snakemake.log[0]):
    hide_accelerators()  # the job asked for none
    write_release(
        snakemake.output.folder,
        snakemake.input.weights,
        snakemake.input.reference,
        snakemake.input.setting[0],
        snakemake.input.cards,
        dict(zip(snakemake.params.datasets, snakemake.input.metrics, strict=True)),
        {
            "datasets": [snakemake.params.training_dataset],
            "organs": organs_of_split(snakemake.input.sheet, "train"),
        },
        snakemake.params.usage,
    )
