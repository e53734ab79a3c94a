"""What jobs that make labels need, as the rules of the workflow ask."""

from collections.abc import Callable, Iterable
from typing import Any

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.external_plan import ExternalPlan
from nucleibench.experiment.network_plan import (
    SETTING_FILE,
    NetworkPlan,
    sheet_of,
)
from nucleibench.experiment.rows import Row
from nucleibench.families.unet.release_card import CARD

RELEASED = "unet"
"""The family whose networks are released."""


class LabelPlan:
    """Rows of the tables by name; the rules call a row ``method``."""

    def __init__(
        self,
        rows: list[Row],
        networks: NetworkPlan,
        external: ExternalPlan,
        training_dataset: str,
        environment: Callable[[str], str],
    ) -> None:
        """Take the rows, what predicts, whose images validate, and how environments are found."""
        self.rows = {row.name: row for row in rows}
        self.training_dataset = training_dataset
        self.networks, self.external, self.find_environment = networks, external, environment

    @property
    def chosen(self) -> list[str]:
        """Rows whose setting validation images choose."""
        return [
            name
            for name, row in self.rows.items()
            if row.predictions and self.networks.released_setting(row) is None
        ]

    @property
    def installed(self) -> list[str]:
        """Rows whose setting a release brings."""
        return [name for name, row in self.rows.items() if self.networks.released_setting(row)]

    def released_setting(self, method: str) -> str | None:
        """Return the file of the setting that a release brings."""
        return self.networks.released_setting(self.rows[method])

    def setting(self, method: str) -> list[str]:
        """Return the file of the setting of a row, if it has one."""
        has_one = bool(self.rows[method].predictions)
        return [f"<results>/models/{method}/{SETTING_FILE}"] if has_one else []

    def sheet(self, method: str, dataset: str) -> str:
        """Return the sheet of the images that a row segments."""
        return sheet_of(dataset, self.rows[method].fold)

    def validation_sheet(self, method: str) -> str:
        """Return the sheet from which validation images are drawn."""
        return self.sheet(method, self.training_dataset)

    def sources(self, method: str, dataset: str) -> list[str]:
        """Return the folders from which labels are made: predictions, or images without any.

        Predictions of another tool come with the sheet of the dataset, as it does not know it.
        """
        if folder := self.external.folder(self.rows[method].method, dataset):
            return [folder, self.sheet(method, dataset)]
        found = [f"{prediction.folder}/{dataset}" for prediction in self.rows[method].predictions]
        return found or [f"<results>/normalized/{dataset}"]

    def given(self, method: str, dataset: str) -> dict[str, str]:
        """Return the files of predictions that are there, with their SHA-256."""
        return self.external.digests(self.rows[method].method, dataset)

    def validation_sources(self, method: str) -> list[str]:
        """Return the folders that have the validation images."""
        return self.sources(method, self.training_dataset)

    def metrics(self, rows: Iterable[str], dataset: str = "{dataset}") -> list[str]:
        """Return the metrics files of rows on a dataset, by default that of the wildcard."""
        return [f"<results>/metrics/{row}/{dataset}.csv" for row in rows]

    def release_inputs(self, method: str) -> dict[str, Any]:
        """Return the files of the networks of a row, to be given away with its setting."""
        row = self.rows[method]
        trainings = [prediction.training for prediction in row.predictions]
        if not trainings or any(t.settings.family != RELEASED for t in trainings):
            raise ConfigurationError(
                f"methods.{row.method}: only a row of U-Nets can be released, of one or several"
            )
        return {
            "weights": [training.weights for training in trainings],
            "cards": [f"<results>/models/{training.name}/{CARD}" for training in trainings],
            "setting": self.setting(method),
        }

    def saw(self, method: str) -> dict[str, Any] | None:
        """Return what a row saw in training, as far as it is known before any job runs."""
        row = self.rows[method]
        if row.predictions:
            return self.networks.saw(row)
        told = row.settings.saw_in_training()
        return {key: list(values) for key, values in told.items()} if told else None

    def settings(self, method: str) -> dict[str, Any]:
        """Return the settings that decide the labels of given sources."""
        return self.rows[method].settings.deciding_labels()

    def module(self, method: str) -> str:
        """Return the module that makes the labels."""
        return self.rows[method].family.module("label")

    def environment(self, method: str) -> str:
        """Return the conda environment of the job."""
        return self.find_environment(self.rows[method].settings.environment_of_labels())

    def threads(self, method: str) -> int:
        """Return the number of processes."""
        return self.rows[method].settings.threads_of_labels()
