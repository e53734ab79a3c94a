"""What an experiment consists of: trainings of networks, their predictions, and rows of tables."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Family, Method, Network
from nucleibench.registry import Registry
from nucleibench.training.settings import TrainingSettings


@dataclass(frozen=True)
class Training:
    """A network trained from one seed, or one that was installed.

    Attributes:
        name: of its files; the network's, with the seed where there are several.
        network: key of the network in the configuration.
        settings: of the network.
        family: of the network.
        training: how it is trained, with the network's own changes.
        seed: of first weights, order and variation of tiles.
        fold: what it is trained without, instead of the test organ; empty for the test organ.
    """

    name: str
    network: str
    settings: Network
    family: Family
    training: TrainingSettings
    seed: int
    fold: str = ""

    @property
    def weights(self) -> str:
        """The file of its weights."""
        return f"<results>/models/{self.name}/model.weights.h5"


@dataclass(frozen=True)
class Prediction:
    """What a training predicts for whole images, with tiles laid in one or more ways."""

    training: Training
    turns: int

    @property
    def name(self) -> str:
        """The name of its folders."""
        return self.training.name + (f"_turns_{self.turns}" if self.turns > 1 else "")

    @property
    def folder(self) -> str:
        """The folder with one folder a dataset."""
        return f"<results>/{self.training.settings.predictions}/{self.name}"


@dataclass(frozen=True)
class Row:
    """A row of the tables.

    Attributes:
        name: of its files; the method's, with the seed where its network has several.
        method: key of the method in the configuration.
        settings: of the method.
        family: of the method.
        predictions: whose labels it has; empty where images become labels directly.
        several: whether the method has other rows, of other seeds.
        fold: organ that it segments instead of the test organ; empty for the test organ.
    """

    name: str
    method: str
    settings: Method
    family: Family
    predictions: tuple[Prediction, ...]
    several: bool = False
    fold: str = ""

    @property
    def title(self) -> dict[str, str]:
        """How the row is named in tables and figures."""
        seed = f", seed {self.predictions[0].training.seed}" if self.several else ""
        name = self.settings.name or self.method
        return {
            "name": name + seed,
            "short": (self.settings.short or name) + seed,
            "group": self.settings.group,
            "note": self.settings.note,
            "method": self.method,
        }


def list_trainings(
    configuration: Configuration, families: Registry[Family], fold: str = ""
) -> dict[str, list[Training]]:
    """Return network -> its trainings, one a seed: of the experiment, or of a fold."""
    return {
        name: [
            Training(
                name_in_fold(f"{name}_seed_{seed}" if len(network.seeds) > 1 else name, fold),
                name,
                network,
                families[network.family],
                configuration.training.changed(network.training),
                seed,
                fold,
            )
            for seed in network.seeds or (configuration.seed,)
        ]
        for name, network in configuration.networks.items()
    }


def list_rows(
    configuration: Configuration,
    families: Registry[Family],
    trainings: dict[str, list[Training]],
) -> dict[str, list[Row]]:
    """Return method -> its rows: one a training, unless it makes one of all."""
    return {
        name: list(_rows_of(name, method, families[method.family], trainings))
        for name, method in configuration.methods.items()
    }


def _rows_of(
    name: str, method: Method, family: Family, trainings: dict[str, list[Training]]
) -> Iterator[Row]:
    used = [training for network in method.uses() for training in trainings[network]]
    if seeds := method.uses_seeds():
        used = [training for training in used if training.seed in seeds]
    predictions = tuple(Prediction(training, method.uses_turns()) for training in used)
    if method.one_row or len(predictions) < 2:
        yield Row(name, name, method, family, predictions)
        return
    for prediction in predictions:
        row = f"{name}_seed_{prediction.training.seed}"
        yield Row(row, name, method, family, (prediction,), several=True)


def row_in_fold(row: Row, trainings: dict[str, list[Training]], fold: str) -> Row:
    """Return a row as it is in a fold, whose trainings of each network these are."""
    found = {(t.network, t.seed): t for of_network in trainings.values() for t in of_network}
    predictions = tuple(
        replace(p, training=found[p.training.network, p.training.seed]) for p in row.predictions
    )
    return replace(row, name=name_in_fold(row.name, fold), predictions=predictions, fold=fold)


def name_in_fold(name: str, fold: str) -> str:
    """Return the name of a training or a row in a fold."""
    return f"{name}_without_{fold}" if fold else name


def describe_shared_names(trainings: Iterable[Training], rows: Iterable[Row]) -> Iterator[str]:
    """Yield what would write files of the same name, as seeds and turns are part of names."""
    rows = list(rows)
    predictions = [prediction for row in rows for prediction in row.predictions]
    yield from _describe_shared("networks", ((t.name, t.network) for t in trainings))
    yield from _describe_shared("networks", ((p.name, p.training.network) for p in predictions))
    yield from _describe_shared("methods", ((row.name, row.method) for row in rows))


def _describe_shared(where: str, names: Iterable[tuple[str, str]]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, owner in names:
        if (other := owners.setdefault(name, owner)) != owner:
            yield f"{where}: files of {other} and of {owner} would both be named {name}; rename one"
