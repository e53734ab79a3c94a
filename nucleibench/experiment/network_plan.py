"""What jobs with networks need, as the rules of the workflow ask."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nucleibench.errors import ConfigurationError, DataError
from nucleibench.experiment.rows import Row, Training, name_in_fold
from nucleibench.families.interface import Step
from nucleibench.families.unet.release_card import CARD, find_member, read_members
from nucleibench.files import read_json

SETTING_FILE = "threshold.json"


def sheet_of(dataset: str, fold: str) -> str:
    """Return the sheet that says which images of a dataset train and test, in a fold if any."""
    folder = f"folds/{fold}" if fold else "data"
    return f"<results>/{folder}/{dataset}/images.csv"


class NetworkPlan:
    """Trainings and predictions by name."""

    def __init__(
        self,
        trainings: dict[str, list[Training]],
        rows: list[Row],
        root: Path,
        environment: Callable[[str], str],
    ) -> None:
        """Take the trainings of each network, the rows that use them, and where releases lie."""
        self.first = {network: found[0] for network, found in trainings.items()}
        self.trainings = {t.name: t for found in trainings.values() for t in found}
        self.predictions = {p.name: p for row in rows for p in row.predictions}
        self.root, self.find_environment = root, environment

    @property
    def trainable(self) -> list[str]:
        """Trainings that are not installed."""
        return [name for name, t in self.trainings.items() if not t.settings.installed()]

    @property
    def installable(self) -> list[str]:
        """Trainings that are installed from a release."""
        return [name for name, t in self.trainings.items() if t.settings.installed()]

    def needed_by(self, rows: list[Row]) -> list[Training]:
        """Return the trainings that rows need, first stages before those that use them."""
        found: dict[str, Training] = {}
        for prediction in (p for row in rows for p in row.predictions):
            for training in [*self.first_stage(prediction.training), prediction.training]:
                found.setdefault(training.name, training)
        return list(found.values())

    def first_stage(self, training: Training) -> list[Training]:
        """Return the trainings whose maps a training takes as input."""
        stages = training.settings.first_stage()
        return [self.first[name_in_fold(stage, training.fold)] for stage in stages]

    # Training

    def tiles(self, training: str) -> str:
        """Return the sheet of the tiles on which a network learns."""
        found = self.trainings[training]
        fold = f"without_{found.fold}/" if found.fold else ""
        return f"<results>/tiles/{fold}{found.settings.sees()}/{found.settings.tiles}/tiles.csv"

    def inputs(self, training: str) -> dict[str, Any]:
        """Return the files that a training reads."""
        found = self.trainings[training]
        weights = found.settings.first_weights()
        stages = self.first_stage(found)
        return {
            "tiles": self.tiles(training),
            "first_weights": [f"<resources>/{weights}"] if weights else [],
            "first_stage": [f"<results>/tiles/stage_one/{stage.name}.npy" for stage in stages],
        }

    def settings(self, training: str) -> dict[str, Any]:
        """Return the settings that decide the weights of a training."""
        return self.trainings[training].settings.deciding_weights()

    def settings_of_use(self, training: str) -> dict[str, Any]:
        """Return the settings that count where a network of given weights is used."""
        return self.trainings[training].settings.deciding_predictions()

    def training(self, training: str) -> dict[str, Any]:
        """Return how a training is done."""
        return self.trainings[training].training.plain()

    def computation(self, training: str) -> dict[str, Any]:
        """Return how a trained network is computed."""
        return self.trainings[training].training.computation().plain()

    def seed(self, training: str) -> int:
        """Return the seed of a training."""
        return self.trainings[training].seed

    def threads(self, training: str) -> int:
        """Return the processor threads of a job with this network."""
        return self.trainings[training].training.threads

    def gpus(self, training: str) -> int:
        """Return the accelerators that a job with this network asks for."""
        return self.trainings[training].settings.gpus

    def environment(self, training: str) -> str:
        """Return the conda environment of a job with this network."""
        return self.find_environment(self.trainings[training].settings.environment)

    def module(self, step: Step, training: str) -> str:
        """Return the module that does a step with this network."""
        return self.trainings[training].family.module(step)

    # Releases

    def release_files(self, training: str) -> dict[str, str]:
        """Return the files of an installed network."""
        found = self.trainings[training]
        folder = self._release(found)
        return {"weights": f"{folder}/{self._member(found)['file']}", "card": f"{folder}/{CARD}"}

    def released_setting(self, row: Row) -> str | None:
        """Return the file of the setting that a release brings for a row.

        That is where the row has all networks of one release and no other, and the release
        separates touching nuclei as the row does. Otherwise validation images choose.
        """
        trainings = [prediction.training for prediction in row.predictions]
        releases = {training.settings.installed() for training in trainings}
        if len(releases) != 1 or None in releases:
            return None
        folder = self._release(trainings[0])
        used = sorted(self._member(training)["file"] for training in trainings)
        whole = used == sorted(member["file"] for member in read_members(folder))
        path, separation = folder / SETTING_FILE, row.settings.deciding_labels().get("separation")
        return str(path) if whole and read_json(path).get("separation") == separation else None

    def check_files(self) -> None:
        """Raise ConfigurationError where a release lacks a file, or the network that is named."""
        for training in (self.trainings[name] for name in self.installable):
            key, folder = f"networks.{training.network}.release", self._release(training)
            for name in (CARD, SETTING_FILE):
                _check_file(key, folder / name)
            try:
                _check_file(key, folder / self._member(training)["file"])
            except DataError as error:
                raise ConfigurationError(f"{key}: {error}") from error

    def saw(self, row: Row) -> dict[str, Any] | None:
        """Return what the networks of a row saw: see :func:`nucleibench.report.saw.write_saw`.

        Validation images that choose the setting of a row count as seen.
        """
        trainings = self.needed_by([row])
        installed = [self._member(t) for t in trainings if t.settings.installed()]
        told = [facts["saw"] for facts in installed if facts.get("saw")]
        if len(told) < len(installed):
            return None
        merged = {
            key: list(dict.fromkeys(value for part in told for value in part[key]))
            for key in ("datasets", "organs")
        }
        trained = len(installed) < len(trainings) or self.released_setting(row) is None
        return {**merged, "trained": trained}

    def _member(self, training: Training) -> Mapping[str, Any]:
        return find_member(self._release(training), training.settings)

    def _release(self, training: Training) -> Path:
        return self.root / str(training.settings.installed())

    # Predictions

    def training_of(self, prediction: str) -> str:
        """Return the name of the training that predicts."""
        return self.predictions[prediction].training.name

    def prediction_inputs(self, prediction: str, dataset: str) -> dict[str, Any]:
        """Return the files that a prediction reads."""
        training = self.predictions[prediction].training
        return {
            "weights": training.weights,
            "first_stage": [stage.weights for stage in self.first_stage(training)],
            "sheet": sheet_of(dataset, training.fold),
            "images": f"<results>/{training.settings.sees()}/{dataset}",
        }

    def prediction(self, prediction: str) -> dict[str, Any]:
        """Return what decides a prediction of given weights."""
        found = self.predictions[prediction]
        stages = self.first_stage(found.training)
        return {
            "network": self.settings_of_use(found.training.name),
            "first_stage": [self.settings_of_use(stage.name) for stage in stages],
            "turns": found.turns,
            "computation": self.computation(found.training.name),
        }


def _check_file(key: str, path: Path) -> None:
    if not path.is_file():
        raise ConfigurationError(
            f"{key}: there is no file {path}; name the folder of a release, relative to the"
            " Snakefile"
        )
