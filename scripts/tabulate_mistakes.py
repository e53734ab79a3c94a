"""Write what became of the true nuclei of a dataset under every method."""

from nucleibench.jobs import logged
from nucleibench.report.mistakes import write_mistakes

with logged(snakemake.log[0]):
    write_mistakes(
        dict(zip(snakemake.params.methods, snakemake.input.metrics, strict=True)),
        snakemake.wildcards.dataset,
        *snakemake.output,
        notes=snakemake.params.notes,
    )
