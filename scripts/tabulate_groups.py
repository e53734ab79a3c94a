"""Write the AJI of every row on each organ and each patient of a dataset."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.groups import write_groups
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    dataset, output = snakemake.wildcards.dataset, snakemake.output
    titles = read_titles(snakemake.params.titles)
    write_groups(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        mark_titles(titles, snakemake.input.saw, dataset),
        dataset,
        snakemake.input.sheet,
        {"organ": output[0:3], "patient": output[3:6]},
    )
