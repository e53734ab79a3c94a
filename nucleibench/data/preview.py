"""What is known of datasets before any archive is fetched or image read.

With it a wrong configuration is refused before the first job runs.
"""

from collections.abc import Mapping

from nucleibench.data.formats import FORMATS, plan_synthetic_images
from nucleibench.data.notices import notes_kept
from nucleibench.data.settings import Dataset
from nucleibench.data.splits import Known, SplitRule, Splits, assign_splits
from nucleibench.errors import ConfigurationError, DataError


def preview_images(name: str, dataset: Dataset) -> dict[str, Known] | None:
    """Return what decides the split of each image of a dataset, by id, as far as can be known.

    Of a local archive the names of its files are read, of a synthetic one nothing. An archive to
    be downloaded is taken for an official one, so that the images can be more than it has.

    Args:
        name: name of the dataset in the configuration, for messages.
        dataset: its settings.

    Returns:
        What is known, by image id. None where an archive cannot be known beforehand, or is missing
        or damaged, which the import describes better.

    Raises:
        ConfigurationError: synthetic images are asked for that cannot be drawn.
    """
    images: dict[str, Known] = {}
    for part in dataset.archives:
        if (found := _preview_part(name, dataset, part)) is None:
            return None
        images |= found
    return images


def _preview_part(name: str, dataset: Dataset, part: str) -> dict[str, Known] | None:
    archive = dataset.archives[part]
    if archive.path:
        return _preview_local(dataset, part, archive.path)
    if archive.synthetic:
        return _preview_synthetic(name, dataset, part, archive.synthetic.images)
    official_organs = FORMATS[dataset.format].official_organs
    # A table of organs is there because the archive holds other images.
    if official_organs is None or dataset.organs:
        return None
    return {image: Known(organ) for image, organ in official_organs().items()}


def _preview_local(dataset: Dataset, part: str, path: str) -> dict[str, Known] | None:
    # The same module reads the images, which needs much that is slow to import.
    from nucleibench.data.reading import find_samples_of_part

    try:
        with notes_kept([]):
            samples = find_samples_of_part(dataset, part, path)
    except (DataError, OSError):
        return None
    return {sample.image: Known(sample.organ, sample.split) for sample in samples}


def _preview_synthetic(name: str, dataset: Dataset, part: str, count: int) -> dict[str, Known]:
    try:
        images = plan_synthetic_images(dataset.format, part, count)
    except ConfigurationError as error:
        where = f"datasets.{name}.archives.{part}.synthetic"
        raise ConfigurationError(f"{where}: {error}") from error
    return {image.image: Known(image.organ) for image in images}


def check_plan(
    datasets: Mapping[str, Dataset],
    training_dataset: str,
    test_organ: str,
    reference_image: str | None,
) -> None:
    """Refuse what the import of the datasets would refuse, as far as it can be known beforehand.

    Args:
        datasets: settings of each dataset by name.
        training_dataset: name of the one that trains the networks.
        test_organ: organ that is held out.
        reference_image: id of the image of the training dataset to whose colours all others are
            brought; None where the reference is a file.

    Raises:
        ConfigurationError: the training dataset has no training image, a dataset has no image of
            the test organ where that decides, the reference is not a training image, or synthetic
            images are asked for that cannot be drawn.
        DataError: an organ that decides is unknown.
    """
    for name, dataset in datasets.items():
        trains = name == training_dataset
        if trains:
            _check_rule(name, dataset)
        if (images := preview_images(name, dataset)) is not None:
            reference = reference_image if trains else None
            splits = assign_splits(name, dataset.split_rule, images, test_organ, reference)
            if trains and "train" not in splits.values():
                raise ConfigurationError(_describe_untrained(name, dataset.split_rule, splits))


def _check_rule(name: str, dataset: Dataset) -> None:
    if dataset.split_rule == "test":
        others = [other for other in FORMATS if FORMATS[other].split != "test"]
        raise ConfigurationError(
            f"training_dataset: {name} is of the format {dataset.format}, all of whose images test;"
            f" choose a dataset of the format {' or '.join(others)}, or set datasets.{name}.split"
        )


WHY_NONE_TRAINS = {
    "organ": "all of its images are of the test organ",
    "sheet": "the column split of images.csv, if there is one, calls none `train`",
}
"""By rule."""


def _describe_untrained(name: str, rule: SplitRule, splits: Splits) -> str:
    only_reference = "reference" in splits.values()
    reason = "its only one is normalization.reference" if only_reference else WHY_NONE_TRAINS[rule]
    return (
        f"training_dataset: {name} has no training image: {reason}; add some, or set "
        f"datasets.{name}.split"
    )
