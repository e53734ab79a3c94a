"""Segment the nuclei of a slide with a released network."""

import sys
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.compute.settings import Computation
from nucleibench.experiment.jobs import logged
from nucleibench.slides.batch import segment_unfinished
from nucleibench.slides.options import Options
from nucleibench.slides.outputs import OutputPlan
from nucleibench.slides.planning import Batch, find_release
from nucleibench.slides.trained_network import needs_keras

parameters = snakemake.params.job
threads, gpus = snakemake.threads, snakemake.resources.gpu
with logged(snakemake.log[0]) as tell:
    network = Path(snakemake.input.network[0])  # a folder, or the first file in it
    release = find_release(network if network.is_dir() else network.parent, parameters["members"])
    if needs_keras(release, gpus):
        configure(Computation(), threads, gpus, seed=0)
    plan = OutputPlan(
        image=Path(snakemake.input.slide),
        folder=Path(snakemake.output[0]).parents[snakemake.wildcards.slide.count("/")],
        name=snakemake.wildcards.slide,
        kinds=tuple(parameters["outputs"]),
    )
    options = Options.read({**parameters["options"], "threads": threads})
    batch = Batch([plan], release, options, plan.folder, accelerators=gpus)
    if segment_unfinished(batch, tell, lambda name, done, total: None):
        sys.exit(1)
