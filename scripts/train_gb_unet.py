"""Train the second stage of GB U-Net on the image and the first stage's maps."""

from pathlib import Path

from nucleibench.jobs import logged
from nucleibench.training.runtime import configure

settings = snakemake.params.training
with logged(snakemake.log[0]) as tell:
    configure(settings, snakemake.threads, snakemake.resources.gpu, snakemake.params.seed)
    import numpy as np

    from nucleibench.models.registry import build_network
    from nucleibench.prepare.store import open_store
    from nucleibench.training.model_files import ModelFiles
    from nucleibench.training.semantic import train_semantic

    train_semantic(
        build_network(snakemake.params.method),
        snakemake.params.method["target"],
        open_store(Path(snakemake.input.tiles).parent),
        variation=None,
        stage_one=[np.load(maps, mmap_mode="r") for maps in snakemake.input.stage_one],
        settings=settings,
        seed=snakemake.params.seed,
        identity={"method": snakemake.params.method, "code": snakemake.params.code},
        states=Path(snakemake.params.states),
        files=ModelFiles(*map(Path, snakemake.output)),
        report=lambda line: tell(f"{snakemake.wildcards.method}: {line}"),
    )
