"""Write a U-Net's maps from before its softmax for all training tiles: GB U-Net's inputs."""

from pathlib import Path

from nucleibench.jobs import logged
from nucleibench.training.runtime import configure

settings = snakemake.params.training
with logged(snakemake.log[0]):
    configure(settings, snakemake.threads, snakemake.resources.gpu, seed=0)
    from nucleibench.models.registry import load_network
    from nucleibench.prepare.store import open_store
    from nucleibench.training.semantic import write_stage_one_maps

    write_stage_one_maps(
        load_network(snakemake.params.method, snakemake.input.weights),
        open_store(Path(snakemake.input.tiles).parent),
        snakemake.params.batch_size,
        settings["execution"],
        Path(snakemake.output.maps),
    )
