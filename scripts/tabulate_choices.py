"""Write what the validation images chose for every network, and how well that did on them."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.choices import write_choices
from nucleibench.report.rows import read_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    tables = dict(zip(titles, snakemake.input.tables, strict=True))
    write_choices(tables, titles, *snakemake.output)
