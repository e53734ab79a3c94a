"""Predict every validation and test image of a dataset with a trained network."""

from importlib import import_module
from pathlib import Path

from nucleibench.compute.runtime import configure
from nucleibench.compute.settings import Computation
from nucleibench.data.sheets import read_sheet
from nucleibench.experiment.jobs import logged
from nucleibench.families.interface import PredictionJob
from nucleibench.labelling.settings import Inference
from nucleibench.prepare.settings import Validation
from nucleibench.prepare.split import images_to_predict

parameters = snakemake.params.job
computation = Computation.read(parameters["computation"])
validation = Validation.read(parameters["validation"])
stages = map(Path, snakemake.input.get("first_stage", []))
with logged(snakemake.log[0]):
    configure(computation, snakemake.threads, snakemake.resources.gpu, parameters["seed"])
    family = import_module(parameters["module"])
    family.predict(
        PredictionJob(
            network=family.NETWORK.read(parameters["network"]),
            weights=Path(snakemake.input.weights),
            first_stage=list(zip(parameters["first_stage"], stages, strict=True)),
            turns=parameters["turns"],
            computation=computation,
            inference=Inference.read(parameters["inference"]),
            tile_size=parameters["tile_size"],
            images=images_to_predict(
                read_sheet(snakemake.input.sheet), validation, parameters["seed"]
            ),
            images_folder=Path(snakemake.input.images),
            output=Path(snakemake.output.predictions),
        )
    )
