"""Which training images validate."""

import numpy as np
import pandas as pd


def draw_validation_images(sheet: pd.DataFrame, fraction: float, seed: int) -> list[str]:
    """Draw ``fraction`` of the training images, at least one, spread evenly over the organs.

    Whole images are drawn, so that no tile of a validation image is ever trained on.
    ``sheet`` has the columns image, organ and split; rows whose split is not "train" are ignored.
    """
    training = sheet[sheet["split"] == "train"].sort_values("image")
    generator = np.random.default_rng(seed)
    shuffled = training.iloc[generator.permutation(len(training))]
    turn = shuffled.groupby("organ").cumcount()
    organs = generator.permutation(sorted(training["organ"].unique()))
    rank = shuffled["organ"].map({organ: place for place, organ in enumerate(organs)})
    order = shuffled.assign(turn=turn, rank=rank).sort_values(["turn", "rank"])
    return sorted(order["image"].head(max(1, round(fraction * len(training)))))


def draw_validation_tiles(count: int, fraction: float, seed: int) -> np.ndarray:
    """Draw a boolean mask (count,) of tiles, as the paper does.

    Copies of one tile may then fall on both sides, which flatters the validation loss.
    """
    drawn = np.zeros(count, bool)
    drawn[np.random.default_rng(seed).permutation(count)[: round(fraction * count)]] = True
    return drawn


def images_to_predict(sheet: pd.DataFrame, fraction: float, seed: int) -> list[str]:
    """Return the images of a dataset that a network segments: validation images and test images."""
    tested = sheet.loc[sheet["split"] == "test", "image"]
    return [*draw_validation_images(sheet, fraction, seed), *sorted(tested)]
