"""Write the blocks of the networks of Figure 1, read from the networks themselves."""

from nucleibench.jobs import logged
from nucleibench.training.runtime import configure

with logged(snakemake.log[0]):
    configure(snakemake.params.training, snakemake.threads, gpu=0, seed=0)
    from nucleibench.models.description import write_blocks

    write_blocks(snakemake.params.methods, snakemake.params.size, snakemake.output[0])
