"""Write the AJI of every test image, as Table 3."""

from nucleibench.experiment.jobs import logged
from nucleibench.report.images import write_images
from nucleibench.report.rows import read_titles
from nucleibench.report.saw import mark_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    titles = mark_titles(titles, snakemake.input.saw, snakemake.params.dataset)
    write_images(
        dict(zip(titles, snakemake.input.metrics, strict=True)),
        titles,
        snakemake.params.dataset,
        *snakemake.output,
        paper_dataset=snakemake.params.paper_dataset,
    )
