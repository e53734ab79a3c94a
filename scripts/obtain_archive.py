"""Download a dataset archive, or draw a synthetic one in the same layout."""

from nucleibench.data.obtaining import obtain_archive
from nucleibench.jobs import logged

with logged(snakemake.log[0]):
    obtain_archive(
        settings=snakemake.params.settings,
        dataset=snakemake.wildcards.dataset,
        part=snakemake.wildcards.part,
        dataset_format=snakemake.params.format,
        seed=snakemake.params.seed,
        path=snakemake.output.archive,
    )
