"""Write Table 2 of a dataset."""

from nucleibench.jobs import logged
from nucleibench.report.table2 import write_table2

with logged(snakemake.log[0]):
    write_table2(
        dict(zip(snakemake.params.methods, snakemake.input.metrics, strict=True)),
        snakemake.wildcards.dataset,
        *snakemake.output,
        notes=snakemake.params.notes,
        seed=snakemake.params.seed,
        paper_dataset=snakemake.params.paper_dataset,
    )
