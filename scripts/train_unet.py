"""Train a U-Net until convergence, resuming an interrupted run."""

from pathlib import Path

from nucleibench.jobs import logged
from nucleibench.training.runtime import configure

settings = snakemake.params.training
with logged(snakemake.log[0]) as tell:
    configure(settings, snakemake.threads, snakemake.resources.gpu, snakemake.params.seed)
    from nucleibench.models.pretrained import check_encoder_weights
    from nucleibench.models.registry import build_network
    from nucleibench.prepare.store import open_store
    from nucleibench.prepare.variation import Variation
    from nucleibench.training.model_files import ModelFiles
    from nucleibench.training.semantic import train_semantic

    encoder_weights = snakemake.input.get("encoder_weights") or None
    if encoder_weights:
        check_encoder_weights(snakemake.params.method["encoder"], encoder_weights)
    tell(f"{snakemake.wildcards.method}: starts from {encoder_weights or 'random weights'}")
    train_semantic(
        build_network(snakemake.params.method, encoder_weights),
        snakemake.params.method["target"],
        open_store(Path(snakemake.input.tiles).parent),
        Variation(**snakemake.params.method["variation"]),
        stage_one=[],
        settings=settings,
        seed=snakemake.params.seed,
        identity={"method": snakemake.params.method, "code": snakemake.params.code},
        states=Path(snakemake.params.states),
        files=ModelFiles(*map(Path, snakemake.output)),
        report=lambda line: tell(f"{snakemake.wildcards.method}: {line}"),
    )
