"""Write what the validation images chose for every network, and how well that did on them."""

from nucleibench.jobs import logged
from nucleibench.report.choices import write_choices

with logged(snakemake.log[0]):
    tables = dict(zip(snakemake.params.methods, snakemake.input.tables, strict=True))
    write_choices(tables, *snakemake.output)
