"""Compare every row with the best one on the images of a dataset."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.comparisons import write_comparisons
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, snakemake.wildcards.dataset)
    write_comparisons(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        snakemake.wildcards.dataset,
        snakemake.input.sheet,
        snakemake.params.seed,
        *snakemake.output,
        **snakemake.params.comparisons,
    )
