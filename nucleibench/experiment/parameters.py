"""The parameters of jobs: plain values that decide their results, and so whether they run again."""

from collections.abc import Callable
from typing import Any

from nucleibench.experiment.data_plan import DataPlan
from nucleibench.experiment.external_plan import ExternalPlan
from nucleibench.experiment.label_plan import LabelPlan
from nucleibench.experiment.network_plan import NetworkPlan
from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Step

Parameters = dict[str, Any]


class JobParameters:
    """The parameters of the jobs of each rule, by what the job is for."""

    def __init__(
        self,
        configuration: Configuration,
        data: DataPlan,
        networks: NetworkPlan,
        labels: LabelPlan,
        external: ExternalPlan,
        code: Callable[..., str],
    ) -> None:
        """Take the plans, and what returns the fingerprint of a rule's code."""
        self.configuration, self.data, self.code = configuration, data, code
        self.networks, self.labels, self.external = networks, labels, external

    def import_dataset(self, dataset: str) -> Parameters:
        """Return what decides the images and labels of given archives."""
        return {
            "dataset": self.data.dataset(dataset),
            "test_organ": self.configuration.test_organ,
            "reference_image": self.data.reference_in(dataset),
            "code": self.code("import_dataset"),
        }

    def tiling(self, variants: int) -> Parameters:
        """Return how training images become tiles, each in so many variants."""
        configuration = self.configuration
        return {
            "tiles": {**configuration.tiles.plain(), "variants": variants},
            # The first variant is the tile itself.
            "augmentation": configuration.augmentation.plain() if variants > 1 else {},
            **self._split(),
        }

    def tiling_of_every_organ(self, store: str) -> Parameters:
        """Return how the images of all organs become the tiles of a store."""
        return self.tiling(self.configuration.tiles.variants if store == "augmented" else 1)

    def split_tiles(self) -> Parameters:
        """Return what decides which tiles of every organ train in a fold."""
        return {**self._split(), "code": self.code("split_tiles")}

    def train(self, training: str) -> Parameters:
        """Return what decides the weights of a training, beside its tiles."""
        return {
            "network": self.networks.settings(training),
            "training": self.networks.training(training),
            "seed": self.networks.seed(training),
            **self._step("train_network", "train", training),
        }

    def map_tiles(self, training: str) -> Parameters:
        """Return what decides the maps of tiles by a first-stage network of given weights."""
        return {
            "network": self.networks.settings_of_use(training),
            "computation": self.networks.computation(training),
            "batch_size": self.configuration.inference.batch_size,
            "seed": self.configuration.seed,
            **self._step("map_tiles", "map_tiles", training),
        }

    def predict(self, prediction: str) -> Parameters:
        """Return what decides a prediction of given weights."""
        training = self.networks.training_of(prediction)
        return {
            **self.networks.prediction(prediction),
            "inference": self.configuration.inference.plain(),
            "tile_size": self.configuration.tiles.size,
            **self._split(),
            **self._step("predict", "predict", training),
        }

    def choose_setting(self, method: str) -> Parameters:
        """Return what decides the setting that validation images choose for a row."""
        candidates = self.configuration.candidates.plain()
        return {"candidates": candidates, **self._split(), **self._label("choose_setting", method)}

    def segment(self, method: str, dataset: str) -> Parameters:
        """Return what decides the labels of a row."""
        given = self.labels.given(method, dataset)
        return {**self._label("segment", method), **({"predictions": given} if given else {})}

    def run_command(self, method: str) -> Parameters:
        """Return what decides the predictions of another tool on given images."""
        return {**self.external.command(method), "code": self.code("run_command.sh")}

    def release(self, method: str) -> Parameters:
        """Return what a user of a released network must know, beside its card."""
        configuration = self.configuration
        size = configuration.inference.size or configuration.tiles.size
        return {
            "turns": self.labels.rows[method].settings.uses_turns(),
            "inference": {**configuration.inference.plain(), "size": size},
            "test_organ": configuration.test_organ,
            "normalization_unit": configuration.normalization.unit,
            "licences": self.data.licences,
        }

    def describe(self, trainings: list[str]) -> Parameters:
        """Return which networks Figure 1 shows, and the modules that build them."""
        networks = {name: self._describe_network(name) for name in trainings}
        modules = {network["module"] for network in networks.values()}
        code = self.code("describe_networks", *sorted(modules))
        return {"networks": networks, "size": self.configuration.tiles.size, "code": code}

    def _describe_network(self, training: str) -> Parameters:
        stages = self.networks.first_stage(self.networks.trainings[training])
        return {
            "module": self.networks.module("network", training),
            "settings": self.networks.settings_of_use(training),
            "first_stage": [stage.name for stage in stages],
        }

    def _split(self) -> Parameters:
        """Return what decides which images validate."""
        return {
            "validation": self.configuration.validation.plain(),
            "seed": self.configuration.seed,
        }

    def _step(self, rule: str, step: Step, training: str) -> Parameters:
        module = self.networks.module(step, training)
        return {"module": module, "code": self.code(rule, module)}

    def _label(self, rule: str, method: str) -> Parameters:
        module = self.labels.module(method)
        settings = self.labels.settings(method)
        return {"method": settings, "module": module, "code": self.code(rule, module)}
