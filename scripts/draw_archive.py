"""Draw synthetic H&E images and write them as an archive in a dataset's official layout."""

from nucleibench.data.synthetic import write_synthetic_archive
from nucleibench.jobs import logged

with logged(snakemake.log[0]):
    write_synthetic_archive(
        snakemake.params.format,
        snakemake.output.archive,
        snakemake.wildcards.part,
        seed=snakemake.params.seed,
        **snakemake.params.settings,
    )
