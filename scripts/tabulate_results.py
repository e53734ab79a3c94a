"""Write the scores of every row on a dataset, as Table 2."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles
from nucleibench.report.scores import write_scores

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, snakemake.wildcards.dataset)
    write_scores(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        snakemake.wildcards.dataset,
        snakemake.input.sheet,
        *snakemake.output,
        seed=snakemake.params.seed,
        paper_dataset=snakemake.params.paper_dataset,
    )
