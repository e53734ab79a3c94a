"""An experiment: what a checked configuration asks for, as the rules of the workflow ask.

Paths begin with ``<results>`` or ``<resources>``, which Snakemake replaces. What is returned for a
job's parameters are plain values: they decide whether a job runs again.
"""

import sys
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from nucleibench.data.preview import check_plan
from nucleibench.experiment.data_plan import DataPlan
from nucleibench.experiment.external_plan import ExternalPlan
from nucleibench.experiment.fingerprint import fingerprint
from nucleibench.experiment.folds import (
    list_folds,
    named_by_fold,
    rows_in_folds,
    trainings_in_folds,
)
from nucleibench.experiment.jobs import check_interpreter
from nucleibench.experiment.label_plan import LabelPlan
from nucleibench.experiment.messages import raise_for
from nucleibench.experiment.network_plan import NetworkPlan
from nucleibench.experiment.parameters import JobParameters
from nucleibench.experiment.reading import read_configuration
from nucleibench.experiment.records import check_records, keep_records, refuse_touch
from nucleibench.experiment.rows import (
    Row,
    Training,
    describe_shared_names,
    list_rows,
    list_trainings,
    name_in_fold,
)
from nucleibench.experiment.settings import Configuration
from nucleibench.experiment.slide_plan import SlidePlan
from nucleibench.families.interface import Family
from nucleibench.families.registry import find_families
from nucleibench.registry import Registry


class Experiment:
    """What a checked configuration asks for.

    Attributes:
        data: archives and datasets.
        networks: trainings and predictions.
        external: predictions of other tools.
        labels: rows of the tables and how their labels are made.
        parameters: of jobs.
        slides: slides of one's own, and the network that segments them.
        folds: what is held out beside the test organ: fold -> organ.
    """

    def __init__(
        self,
        configuration: Configuration,
        families: Registry[Family],
        root: str | Path,
        versions_installed: bool = True,
    ) -> None:
        """Take a configuration.

        Args:
            configuration: checked.
            families: all method families.
            root: folder of the Snakefile, with scripts/ and envs/.
            versions_installed: whether jobs run in the environment of this process, with the
                versions of packages that are installed in it.
        """
        self.configuration, self.root = configuration, Path(root)
        self.versions_installed = versions_installed
        self.data = DataPlan(configuration)
        self.folds = list_folds(configuration, self.data.reference_image)
        trainings = list_trainings(configuration, families)
        in_folds = trainings_in_folds(configuration, families, self.folds)
        self.rows_of_methods = list_rows(configuration, families, trainings)
        rows = [row for found in self.rows_of_methods.values() for row in found]
        rows = [*rows, *rows_in_folds(rows, in_folds)]
        every = [t for named in (trainings, *in_folds.values()) for t in chain(*named.values())]
        raise_for(describe_shared_names(every, rows))
        trainings |= named_by_fold(in_folds)
        self.networks = NetworkPlan(trainings, rows, self.root, self.environment)
        self.external = ExternalPlan(configuration.methods, self.root, self.environment)
        self.labels = LabelPlan(
            rows, self.networks, self.external, configuration.training_dataset, self.environment
        )
        self.parameters = JobParameters(
            configuration, self.data, self.networks, self.labels, self.external, self.code
        )
        self.slides = SlidePlan(configuration, self.labels, self.root, self.code)

    @classmethod
    def read(
        cls, config: Mapping[str, Any], root: str | Path, versions_installed: bool = True
    ) -> "Experiment":
        """Check the plain values of a configuration and return its experiment.

        Raises:
            ConfigurationError: listing all that is wrong.
        """
        families = find_families()
        return cls(read_configuration(config, families), families, root, versions_installed)

    def check(self, cached: bool) -> None:
        """Check the configuration beside the files at hand, before any job runs.

        Args:
            cached: whether Snakemake shares outputs through a cache.

        Raises:
            ConfigurationError: a file is missing, or the images at hand have neither the test
                organ nor the reference; or there are results whose records are not at hand; or
                Python lies where jobs cannot be started.
        """
        if self.versions_installed:
            check_interpreter(sys.executable)
        check_records(self.configuration.results)
        self.data.check_files(cached)
        self.networks.check_files()
        self.external.check_files(self.configuration.compare, self.configuration.datasets)
        self.slides.check_files()
        configuration = self.configuration
        check_plan(
            configuration.datasets,
            configuration.training_dataset,
            configuration.test_organ,
            self.data.reference_image,
        )

    def start(self, touched: bool) -> None:
        """Prepare for jobs: mark the results as those of Snakemake's records.

        Args:
            touched: whether Snakemake was told to touch results.

        Raises:
            ConfigurationError: results would be touched.
        """
        refuse_touch(touched)
        keep_records(self.configuration.results)

    @property
    def compared(self) -> list[str]:
        """Rows of the tables, in their order."""
        return [row.name for row in self._compared_rows()]

    @property
    def repeated(self) -> dict[str, list[str]]:
        """Compared method -> its rows, where its network is trained from several seeds."""
        rows = {name: self.rows_of_methods[name] for name in self.configuration.compare}
        return {name: [r.name for r in found] for name, found in rows.items() if len(found) > 1}

    @property
    def trained(self) -> list[str]:
        """Trainings that the tables need."""
        return [t.name for t in self._needed_trainings() if not t.settings.installed()]

    @property
    def chosen(self) -> list[str]:
        """Compared rows whose setting validation images choose."""
        chosen = self.labels.chosen
        return [name for name in self.compared if name in chosen]

    @property
    def in_figure_1(self) -> list[str]:
        """Trainings that Figure 1 shows: one with a first stage and that, else any with maps."""
        needed = [t for t in self._needed_trainings() if not t.settings.installed()]
        staged = [training for training in needed if training.settings.first_stage()]
        mapped = [
            training
            for training in needed
            if training.settings.predictions == "probabilities" and training.family.has("network")
        ]
        shown = (staged or mapped)[:1]
        return [t.name for found in shown for t in [*self.networks.first_stage(found), found]]

    @property
    def in_figure_3(self) -> list[str]:
        """Rows that Figure 3 shows; of several seeds the first."""
        compared = self.configuration.compare
        drawn = [name for name in self.configuration.figure_3_methods if name in compared]
        return [self.rows_of_methods[name][0].name for name in drawn or compared[:5]]

    @property
    def comparisons(self) -> dict[str, Any]:
        """Row that others are compared with, if one is named, and those that are; of none all."""
        named, rows = self.configuration.comparisons, self.rows_of_methods
        reference = rows[named.reference][0].name if named.reference else None
        return {"reference": reference, "compared": [r.name for m in named.rows for r in rows[m]]}

    @property
    def held_out(self) -> list[tuple[str, str, str]]:
        """Compared rows on each held-out organ: (row, organ, the row as it is in that fold)."""
        folds = {"": self.configuration.test_organ, **self.folds} if self.folds else {}
        return [
            (row, organ, found)
            for row in self.compared
            for fold, organ in folds.items()
            if (found := name_in_fold(row, fold)) in self.labels.rows
        ]

    @property
    def figures(self) -> list[int]:
        """Numbers of the figures that there are."""
        return [*([1] if self.in_figure_1 else []), 2, 3]

    def titles(self, rows: Iterable[str]) -> dict[str, dict[str, str]]:
        """Return row -> how it is named in tables and figures."""
        return {name: self.labels.rows[name].title for name in rows}

    def saw(self, rows: Iterable[str]) -> dict[str, dict[str, Any] | None]:
        """Return row -> what it saw in training; None where nobody told."""
        return {name: self.labels.saw(name) for name in rows}

    @property
    def names_of_repeated(self) -> dict[str, str]:
        """Repeated method -> its name in tables."""
        return {key: self.configuration.methods[key].name or key for key in self.repeated}

    @property
    def names_in_figure_1(self) -> dict[str, str]:
        """Training that Figure 1 shows -> its name: that of the first row which it makes alone."""
        names: dict[str, str] = {}
        for row in self.labels.rows.values():
            if len(row.predictions) == 1:
                names.setdefault(row.predictions[0].training.name, row.title["name"])
        return {name: names[name] for name in self.in_figure_1 if name in names}

    @property
    def page(self) -> dict[str, Any]:
        """What the page says of the run, beside its results."""
        configuration = self.configuration
        return {
            "results": configuration.results,
            "title": Path(configuration.results).name,
            "datasets": list(configuration.datasets),
            "training_dataset": configuration.training_dataset,
            "test_organ": configuration.test_organ,
            "trainings": self.trained,
            # Entries of catalogues have the keys of their own classes, such as those of a family.
            "configuration": configuration.model_dump(mode="json", serialize_as_any=True),
        }

    def code(self, rule: str, *modules: str) -> str:
        """Return the fingerprint of a rule's script, of these modules and of all they reach.

        A script that is not in Python has its suffix in the name.
        """
        script = self.root / "scripts" / (rule if rule.endswith(".sh") else f"{rule}.py")
        return fingerprint(script, modules, installed=self.versions_installed)

    def environment(self, name: str) -> str:
        """Return the file of a conda environment: of a name in envs/, or of a path."""
        if name.endswith((".yaml", ".yml")):
            return name
        if name == "network":
            name = f"tensorflow_{self.configuration.tensorflow_environment}"
        return f"{self.root}/envs/{name}.yaml"

    def _compared_rows(self) -> list[Row]:
        return [r for name in self.configuration.compare for r in self.rows_of_methods[name]]

    def _needed_trainings(self) -> list[Training]:
        return self.networks.needed_by(self._compared_rows())
