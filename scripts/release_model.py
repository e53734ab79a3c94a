"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from nucleibench.files import read_json
from nucleibench.jobs import logged
from nucleibench.report.release import write_release

settings = snakemake.params
with logged(snakemake.log[0]):
    write_release(
        snakemake.output.folder,
        snakemake.input.weights,
        snakemake.input.choice,
        snakemake.input.card,
        dict(zip(settings.datasets, snakemake.input.metrics, strict=True)),
        {
            "method": settings.method,
            "inference": {"size": settings.tile_size, **settings.inference},
            "stains": read_json(snakemake.input.stains),
            "test_organ": settings.test_organ,
        },
    )
