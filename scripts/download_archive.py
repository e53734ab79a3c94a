"""Download a dataset archive and verify it."""

from nucleibench.data.download import download_archive
from nucleibench.data.settings import Archive
from nucleibench.experiment.jobs import logged

with logged(snakemake.log[0]):
    download_archive(
        Archive.read(snakemake.params.source),
        snakemake.output.archive,
        snakemake.wildcards.dataset,
        snakemake.wildcards.part,
    )
