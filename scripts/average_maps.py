"""Average the probability maps of an ensemble's members, pixel by pixel."""

from pathlib import Path

from nucleibench.jobs import logged
from nucleibench.segment.maps import average_maps

with logged(snakemake.log[0]):
    average_maps([Path(member) for member in snakemake.input.members], Path(snakemake.output.maps))
