"""Draw synthetic H&E images and write them as an archive in a dataset's official layout."""

from nucleibench.data.settings import Synthetic
from nucleibench.data.synthetic import write_synthetic_archive
from nucleibench.experiment.jobs import logged

with logged(snakemake.log[0]):
    synthetic = Synthetic.read(snakemake.params.settings)
    write_synthetic_archive(
        snakemake.params.format,
        snakemake.output.archive,
        snakemake.wildcards.part,
        snakemake.params.seed,
        synthetic.images,
        synthetic.size,
    )
