"""Write what became of the true nuclei of a dataset in every row."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.mistakes import write_mistakes
from nucleibench.report.rows import read_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    write_mistakes(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        snakemake.wildcards.dataset,
        *snakemake.output,
    )
