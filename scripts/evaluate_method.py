"""Score a method on the test images of a dataset."""

from nucleibench.evaluate.evaluating import evaluate_folder
from nucleibench.experiment.jobs import logged

with logged(snakemake.log[0]):
    evaluate_folder(
        snakemake.input.sheet,
        snakemake.input.labels,
        snakemake.input.segmentations,
        snakemake.output.metrics,
        split="test",
        workers=snakemake.threads,
    )
