"""Predict the nucleus probability of every validation and test image of a dataset."""

from pathlib import Path

from nucleibench.data.sheets import read_sheet
from nucleibench.jobs import logged
from nucleibench.prepare.split import images_to_predict
from nucleibench.training.runtime import configure

settings = snakemake.params.training
with logged(snakemake.log[0]):
    configure(settings, snakemake.threads, snakemake.resources.gpu, snakemake.params.seed)
    from nucleibench.models.registry import load_network
    from nucleibench.segment.predict import map_predictor, predict_folder

    stage_one = zip(snakemake.params.stage_one, snakemake.input.get("stage_one", []), strict=True)
    predict_folder(
        map_predictor(
            load_network(snakemake.params.method, snakemake.input.weights),
            snakemake.params.method["target"],
            [load_network(method, weights) for method, weights in stage_one],
            snakemake.params.method.get("turns", 1),
            settings["execution"],
        ),
        images_to_predict(
            read_sheet(snakemake.input.sheet),
            seed=snakemake.params.seed,
            **snakemake.params.validation,
        ),
        Path(snakemake.input.images),
        Path(snakemake.output.maps),
        **snakemake.params.inference,
    )
