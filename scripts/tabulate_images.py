"""Write Table 3: the AJI of every test image."""

from nucleibench.jobs import logged
from nucleibench.report.table3 import write_table3

with logged(snakemake.log[0]):
    write_table3(
        dict(zip(snakemake.params.methods, snakemake.input.metrics, strict=True)),
        snakemake.params.dataset,
        *snakemake.output,
        notes=snakemake.params.notes,
        paper_dataset=snakemake.params.paper_dataset,
    )
