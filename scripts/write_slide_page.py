"""Write the page of a slide: one HTML file."""

from nucleibench.experiment.jobs import logged
from nucleibench.page.slides.writing import write_slide_page

with logged(snakemake.log[0]):
    found = snakemake.input
    write_slide_page(found.slide, found.record, snakemake.output.page)
