"""Which training images validate."""

import numpy as np
import pandas as pd

from nucleibench.prepare.settings import Validation


def draw_validation_images(sheet: pd.DataFrame, validation: Validation, seed: int) -> list[str]:
    """Draw a fraction of the training images, at least one, spread evenly over the organs.

    Whole images are drawn, so that no tile of a validation image is ever trained on. Where the
    unit is "hospital", all images of a drawn image's hospital are drawn too, until the fraction
    is reached. ``sheet`` has the columns image, organ, patient and split; rows whose split is not
    "train" are ignored.
    """
    order = _draw_order(sheet, seed)
    count = max(1, round(validation.fraction * len(order)))
    if validation.unit == "hospital":
        hospitals = _hospitals(order["patient"])
        chosen = hospitals.isin(_hospitals_until(hospitals, count))
        return sorted(order.loc[chosen, "image"])
    return sorted(order["image"].head(count))


def _draw_order(sheet: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the training images in random order, one of every organ before another of any."""
    training = sheet[sheet["split"] == "train"].sort_values("image")
    generator = np.random.default_rng(seed)
    shuffled = training.iloc[generator.permutation(len(training))]
    turn = shuffled.groupby("organ").cumcount()
    organs = generator.permutation(sorted(training["organ"].unique()))
    rank = shuffled["organ"].map({organ: place for place, organ in enumerate(organs)})
    return shuffled.assign(turn=turn, rank=rank).sort_values(["turn", "rank"])


def _hospitals(patients: pd.Series) -> pd.Series:
    """Return the hospital in each TCGA barcode, project and site: TCGA-A7 of TCGA-A7-A13E."""
    return patients.str.split("-").str[:2].str.join("-")


def _hospitals_until(hospitals: pd.Series, count: int) -> list[str]:
    """Return the first hospitals that have ``count`` images together, at most all but one."""
    sizes = hospitals.value_counts(sort=False)[hospitals.unique()]
    enough = int((sizes.cumsum() < count).sum()) + 1
    return list(sizes.index[: min(enough, len(sizes) - 1)])


def draw_validation_tiles(count: int, fraction: float, seed: int) -> np.ndarray:
    """Draw a boolean mask (count,) of tiles, as the paper does.

    Copies of one tile may then fall on both sides, which flatters the validation loss.
    """
    drawn = np.zeros(count, bool)
    drawn[np.random.default_rng(seed).permutation(count)[: round(fraction * count)]] = True
    return drawn


def images_to_predict(sheet: pd.DataFrame, validation: Validation, seed: int) -> list[str]:
    """Return the images of a dataset that a network segments: validation images and test images."""
    tested = sheet.loc[sheet["split"] == "test", "image"]
    return [*draw_validation_images(sheet, validation, seed), *sorted(tested)]
