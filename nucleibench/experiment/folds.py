"""Organs that are held out beside the test organ, one at a time: each makes a fold.

The fold of the test organ is the experiment itself, so that nothing of it changes where others are
held out too. Each other fold has trainings and rows of its own, named after what they are without.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from nucleibench.data.preview import preview_images
from nucleibench.data.splits import UNKNOWN_ORGAN
from nucleibench.experiment.messages import describe_undefined, raise_for
from nucleibench.experiment.rows import Row, Training, list_trainings, name_in_fold, row_in_fold
from nucleibench.experiment.settings import Configuration
from nucleibench.families.interface import Family
from nucleibench.registry import Registry

EACH = "each"
"""In place of the names of organs: all."""

Trainings = dict[str, list[Training]]
"""Network -> its trainings."""


def list_folds(configuration: Configuration, reference_image: str | None) -> dict[str, str]:
    """Return fold -> organ, without that of the test organ; a fold is named as paths allow.

    Args:
        configuration: checked.
        reference_image: image of the training dataset that gives its colours, if one does. It is
            neither trained on nor tested in any fold.

    Raises:
        ConfigurationError: the training dataset is not split by organ, an organ is not there, or
            nobody knows yet which there are.
    """
    if not configuration.hold_out:
        return {}
    raise_for(_check_rule(configuration))
    known = _find_organs(configuration, reference_image)
    raise_for(_check_organs(configuration, known))
    organs = sorted(known or ()) if configuration.hold_out == EACH else _named_organs(configuration)
    return {quote(organ, safe=""): organ for organ in organs if organ != configuration.test_organ}


def trainings_in_folds(
    configuration: Configuration, families: Registry[Family], folds: Mapping[str, str]
) -> dict[str, Trainings]:
    """Return fold -> the trainings in it of each network that can be trained without an organ."""
    networks = configuration.networks
    trained = {
        name
        for name, network in networks.items()
        if not any(networks[used].installed() for used in (name, *network.first_stage()))
    }
    return {
        fold: {
            network: found
            for network, found in list_trainings(configuration, families, fold).items()
            if network in trained
        }
        for fold in folds
    }


def rows_in_folds(rows: list[Row], folds: Mapping[str, Trainings]) -> Iterator[Row]:
    """Yield the rows of each fold: all but those of an installed network, which saw its organ."""
    for fold, trainings in folds.items():
        for row in rows:
            if all(p.training.network in trainings for p in row.predictions):
                yield row_in_fold(row, trainings, fold)


def named_by_fold(folds: Mapping[str, Trainings]) -> Trainings:
    """Return the trainings of all folds by the name of the network in its fold."""
    return {
        name_in_fold(network, fold): found
        for fold, trainings in folds.items()
        for network, found in trainings.items()
    }


def _check_rule(configuration: Configuration) -> Iterator[str]:
    name = configuration.training_dataset
    if configuration.datasets[name].split_rule != "organ":
        yield (
            f"hold_out: {name} is not split by organ, so that no organ can be held out; set "
            f"datasets.{name}.split to organ, or remove hold_out"
        )


def _find_organs(configuration: Configuration, reference_image: str | None) -> set[str] | None:
    """Return the organs that have an image to test, as far as can be known beforehand."""
    name = configuration.training_dataset
    images = preview_images(name, configuration.datasets[name])
    if images is None:
        return None
    organs = {known.organ for image, known in images.items() if image != reference_image}
    return organs - {UNKNOWN_ORGAN}


def _named_organs(configuration: Configuration) -> tuple[str, ...]:
    """Return the organs that are named to be held out; none where each is."""
    named = configuration.hold_out
    if isinstance(named, str):
        return () if named == EACH else (named,)
    return named


def _check_organs(configuration: Configuration, known: set[str] | None) -> Iterator[str]:
    if known is not None:
        for organ in (organ for organ in _named_organs(configuration) if organ not in known):
            yield f"hold_out: {describe_undefined(organ, sorted(known))}"
    elif configuration.hold_out == EACH:
        yield (
            f"hold_out: the organs of {configuration.training_dataset} are not known before it is "
            "imported, or its archive is missing or damaged; name the organs, such as "
            "hold_out: [liver, kidney]"
        )
