"""What a method scored on each patient, for its card."""

from typing import Any

import pandas as pd

from nucleibench.evaluate.summary import summarize

SHOWN = ("images", "n_true", "n_predicted", "aji", "f1_50")


def score_patients(
    dataset: str, metrics: pd.DataFrame, sheet: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return the scores of each patient of a dataset, the lowest AJI first.

    Args:
        dataset: its name.
        metrics: a row per image.
        sheet: of the dataset, with the columns image, patient and organ.

    Returns:
        For each patient dataset, patient, organ, images, n_true, n_predicted, aji (mean over the
        images) and f1_50 (of all nuclei together).
    """
    known = sheet.set_index("image")
    scored = []
    for patient, images in metrics.groupby(metrics["image"].map(known["patient"])):
        organs = sorted(set(images["image"].map(known["organ"])))
        scores = summarize(images, "pooled")
        about = {"dataset": dataset, "patient": str(patient), "organ": ", ".join(organs)}
        scored.append({**about, **{name: scores[name] for name in SHOWN}})
    return sorted(scored, key=lambda row: row["aji"])
