"""Put a network that others trained where those of this experiment lie."""

from pathlib import Path
from shutil import copyfile

from nucleibench.files import atomic_path
from nucleibench.jobs import logged
from nucleibench.models.release import check_method, read_release

folder = Path(snakemake.input.card).parent
with logged(snakemake.log[0]):
    check_method(read_release(folder), snakemake.params.method, folder)
    for source, output in zip(snakemake.input, snakemake.output, strict=True):
        with atomic_path(output) as temporary:
            copyfile(source, temporary)
