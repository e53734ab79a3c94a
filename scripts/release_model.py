"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from nucleibench.jobs import logged
from nucleibench.report.release import write_release

settings = snakemake.params
with logged(snakemake.log[0]):
    write_release(
        snakemake.output.folder,
        snakemake.input.weights,
        snakemake.input.stains,
        snakemake.input.choice,
        snakemake.input.card,
        dict(zip(settings.datasets, snakemake.input.metrics, strict=True)),
        {
            "method": settings.method,
            "inference": settings.inference,
            "test_organ": settings.test_organ,
            "normalization_unit": settings.normalization_unit,
        },
    )
