"""Write what became of the true nuclei of a dataset in every row."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.mistakes import write_mistakes
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, snakemake.wildcards.dataset)
    write_mistakes(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        snakemake.wildcards.dataset,
        *snakemake.output,
    )
