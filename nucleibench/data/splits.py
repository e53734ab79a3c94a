"""Which images train, which test, and which one gives its colours to all others."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from nucleibench.data.samples import name_some
from nucleibench.errors import ConfigurationError, DataError

SplitRule = Literal["organ", "test", "sheet"]
"""How a dataset is split: by the organ that is held out, not at all as it only tests, or as its own
table says."""

Splits = dict[str, str]
"""Image -> ``train``, ``test`` or ``reference``."""

UNKNOWN_ORGAN = "unknown"


@dataclass(frozen=True)
class Known:
    """What decides the split of an image.

    Attributes:
        organ: in lower case; ``UNKNOWN_ORGAN`` where nobody says.
        split: as a table of the dataset says; None where none does.
    """

    organ: str
    split: str | None = None


def assign_splits(
    dataset: str,
    rule: SplitRule,
    images: Mapping[str, Known],
    test_organ: str,
    reference_image: str | None,
) -> Splits:
    """Return the split of each image.

    Args:
        dataset: name of the dataset, for messages.
        rule: how the dataset is split.
        images: what is known of each image.
        test_organ: organ that is held out.
        reference_image: id of the image to whose colours all others are brought, which is kept
            from training; None where it is not of this dataset. A dataset that only tests has none.

    Raises:
        ConfigurationError: no image is of the test organ, or the reference is not a training
            image.
        DataError: an organ that decides is unknown.
    """
    splits = RULES[rule](dataset, images, test_organ)
    if reference_image is not None and "train" in splits.values():
        _mark_reference(dataset, splits, reference_image)
    return splits


def hold_out_organ(splits: Mapping[str, str], organs: Mapping[str, str], organ: str) -> Splits:
    """Return the splits of a dataset's images with another organ held out.

    Args:
        splits: of each image with the test organ held out. The reference stays what it is, so that
            it never trains and never tests, whichever organ is held out.
        organs: of each image.
        organ: whose images test; all others train. Of an empty one there are none.

    Raises:
        DataError: no image that could test is of the organ.
    """
    changed = {
        image: split if split == "reference" else "test" if organs[image] == organ else "train"
        for image, split in splits.items()
    }
    if organ and "test" not in changed.values():
        names = ", ".join(sorted(set(organs.values())))
        raise DataError(f"hold_out: no image but the reference is of {organ!r}; there are {names}")
    return changed


def _split_by_organ(dataset: str, images: Mapping[str, Known], test_organ: str) -> Splits:
    if unknown := [image for image, known in images.items() if known.organ == UNKNOWN_ORGAN]:
        raise DataError(
            f"{dataset}: the organ of {name_some(unknown)} is not known, so it cannot be told "
            "whether it is held out; name it in the column organ of images.csv, or in the table "
            "`organs` of the dataset"
        )
    if test_organ not in {known.organ for known in images.values()}:
        raise ConfigurationError(_describe_absent_organ(dataset, images, test_organ))
    return {
        image: "test" if known.organ == test_organ else "train" for image, known in images.items()
    }


def _split_by_sheet(dataset: str, images: Mapping[str, Known], test_organ: str) -> Splits:
    return {image: known.split or "test" for image, known in images.items()}


def _test_all(dataset: str, images: Mapping[str, Known], test_organ: str) -> Splits:
    return dict.fromkeys(images, "test")


RULES: dict[SplitRule, Callable[[str, Mapping[str, Known], str], Splits]] = {
    "organ": _split_by_organ,
    "test": _test_all,
    "sheet": _split_by_sheet,
}
"""(dataset, images, test organ) -> splits, by rule."""


def _mark_reference(dataset: str, splits: Splits, image: str) -> None:
    if splits.get(image) != "train":
        training = [other for other, split in splits.items() if split == "train"]
        raise ConfigurationError(
            f"normalization.reference: {image} is not a training image of {dataset};"
            f" choose one of {name_some(training, 10)}"
        )
    splits[image] = "reference"


def _describe_absent_organ(dataset: str, images: Mapping[str, Known], test_organ: str) -> str:
    organs = sorted({known.organ for known in images.values()})
    close = difflib.get_close_matches(test_organ.lower(), organs, n=1, cutoff=0.7)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    names = ", ".join(organs)
    return f"test_organ: {test_organ!r} is not among the organs of {dataset}: {names}{hint}"
