"""Bring all images of a dataset to the stains of the reference image, or keep their colours."""

from nucleibench.experiment.jobs import logged
from nucleibench.stain.dataset import normalize_dataset

with logged(snakemake.log[0]):
    normalize_dataset(
        snakemake.input.sheet,
        snakemake.input.images,
        next(iter(snakemake.input.reference), None),
        snakemake.output.images,
        snakemake.output.sheet,
        unit=snakemake.params.unit,
        workers=snakemake.threads,
    )
