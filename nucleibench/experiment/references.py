"""What no section can check alone: that what is named elsewhere exists and fits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nucleibench.data.settings import Dataset
from nucleibench.experiment.messages import describe_undefined
from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Method, Network


def check_references(configuration: Configuration, plain: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with names, networks and methods beside each other.

    Args:
        configuration: without the networks and methods that are wrong in themselves.
        plain: its plain values, which have these too.
    """
    training_dataset = [configuration.training_dataset]
    yield from _find_undefined("training_dataset", training_dataset, configuration.datasets)
    yield from _check_archives(configuration.datasets)
    yield from _find_undefined("compare", configuration.compare, plain["methods"])
    yield from _find_twice("compare", configuration.compare)
    drawn = configuration.figure_3_methods
    yield from _find_undefined("figure_3_methods", drawn, plain["methods"])
    yield from _check_comparisons(configuration)
    for name, network in configuration.networks.items():
        yield from _check_network(f"networks.{name}", network, configuration, plain["networks"])
    for name, method in configuration.methods.items():
        yield from _check_method(f"methods.{name}", method, configuration, plain["networks"])


def _check_comparisons(configuration: Configuration) -> Iterator[str]:
    """Yield what is compared and has no row, or is compared with itself alone."""
    named, known = configuration.comparisons, configuration.compare
    reference = [named.reference] if named.reference else []
    yield from _find_undefined("comparisons.reference", reference, known)
    yield from _find_undefined("comparisons.rows", named.rows, known)
    yield from _find_twice("comparisons.rows", named.rows)
    if named.rows and len({*reference, *named.rows}) < 2:
        yield "comparisons.rows: one method is compared with nothing; name another one"


def _check_archives(datasets: Mapping[str, Dataset]) -> Iterator[str]:
    """Yield archives whose file would be named as one of another dataset."""
    for name, dataset in datasets.items():
        for part in dataset.archives:
            for other in datasets:
                if other.startswith(f"{name}_") and f"{name}_{part}".startswith(f"{other}_"):
                    yield (
                        f"datasets.{name}.archives.{part}: its file would be named as one of the"
                        f" dataset {other}; rename it"
                    )


def _check_network(
    where: str, network: Network, configuration: Configuration, known: Iterable[str]
) -> Iterator[str]:
    yield from _find_undefined(f"{where}.stage_one", network.first_stage(), known)
    yield from _find_twice(f"{where}.seeds", network.seeds)
    if configuration.networks.keys() >= set(network.first_stage()):
        training = configuration.training.changed(network.training)
        for key, problem in network.check(configuration.networks, training):
            yield f"{where}.{key}: {problem}"


def _check_method(
    where: str, method: Method, configuration: Configuration, known: Iterable[str]
) -> Iterator[str]:
    key = "networks" if method.one_row else "network"
    yield from _find_undefined(f"{where}.{key}", method.uses(), known)
    if configuration.networks.keys() >= set(method.uses()):
        for key, problem in method.check(configuration.networks):
            yield f"{where}.{key}: {problem}"
        for used in method.uses():
            seeds = configuration.networks[used].seeds or (configuration.seed,)
            text = ", ".join(map(str, seeds))
            for seed in (seed for seed in method.uses_seeds() if seed not in seeds):
                yield f"{where}.seeds: {used} is not trained from {seed}, but from {text}"


def _find_undefined(where: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{where}: {describe_undefined(name, known)}"


def _find_twice(where: str, entries: Sequence[Any]) -> Iterator[str]:
    for entry in dict.fromkeys(entries):
        if entries.count(entry) > 1:
            yield f"{where}: {entry} stands there twice; name it once"
