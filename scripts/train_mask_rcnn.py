"""Train Mask R-CNN until convergence, resuming an interrupted run."""

from pathlib import Path

from nucleibench.files import file_digest
from nucleibench.jobs import logged
from nucleibench.training.runtime import configure

method, settings = snakemake.params.method, snakemake.params.training
with logged(snakemake.log[0]) as tell:
    configure(settings, snakemake.threads, snakemake.resources.gpu, snakemake.params.seed)
    from nucleibench.models.mask_rcnn.checkpoint import load_coco_weights
    from nucleibench.models.mask_rcnn.network import MaskRCNN
    from nucleibench.models.mask_rcnn.settings import MaskRCNNSettings
    from nucleibench.prepare.store import open_store
    from nucleibench.training.mask_rcnn import Descent, train_mask_rcnn
    from nucleibench.training.mask_rcnn_targets import Sampling
    from nucleibench.training.model_files import ModelFiles

    store = open_store(Path(snakemake.input.tiles).parent)
    network = MaskRCNN(MaskRCNNSettings(**method["network"]), store.size)
    coco_weights = snakemake.input.get("coco_weights") or None
    if coco_weights:
        load_coco_weights(network, coco_weights)
    train_mask_rcnn(
        network,
        store,
        Sampling(**method["sampling"]),
        Descent(**method["descent"]),
        settings,
        seed=snakemake.params.seed,
        identity={
            "method": method,
            "first_weights": coco_weights and file_digest(coco_weights),
            "code": snakemake.params.code,
        },
        states=Path(snakemake.params.states),
        files=ModelFiles(*map(Path, snakemake.output)),
        report=lambda line: tell(f"{snakemake.wildcards.method}: {line}"),
    )
