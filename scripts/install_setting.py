"""Put the setting that a release brings where those of this experiment lie."""

from nucleibench.experiment.jobs import logged
from nucleibench.files import copy_file

with logged(snakemake.log[0]):
    copy_file(snakemake.input.setting, snakemake.output.setting)
