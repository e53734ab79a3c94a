"""Write the page of the run: one HTML file."""

from pathlib import Path

from nucleibench.experiment.jobs import logged
from nucleibench.page.run import Run
from nucleibench.page.writing import write_page
from nucleibench.report.rows import read_titles

with logged(snakemake.log[0]):
    titles = read_titles(snakemake.params.titles)
    run = Run.read(snakemake.params.run, titles, Path(snakemake.input.deviations))
    write_page(run, snakemake.output.page)
