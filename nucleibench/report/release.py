"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nucleibench.data.sheets import read_sheet
from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.evaluate.summary import summarize
from nucleibench.families.unet.export import export_network, halve_weights
from nucleibench.families.unet.graph import UnknownLayerError
from nucleibench.families.unet.release_card import CARD, EXPORTED, SAVED, SETTING, STAINS, name_file
from nucleibench.families.unet.settings import UNet
from nucleibench.files import file_digest, read_json, write_json
from nucleibench.report.describing import describe_release
from nucleibench.report.licences import find_licences
from nucleibench.report.patients import score_patients


def write_release(
    folder: str | Path,
    weights: Sequence[str | Path],
    stains: str | Path,
    setting: str | Path,
    cards: Sequence[str | Path],
    metrics: Mapping[str, str | Path],
    sheets: Mapping[str, str | Path],
    saw: Mapping[str, Sequence[str]],
    usage: Mapping[str, Any],
) -> None:
    """Write the folder that :func:`nucleibench.families.unet.release.read_release` reads.

    Args:
        folder: Where to write.
        weights: Of each trained network.
        stains: Reference of colour normalisation.
        setting: How the mean of their maps becomes nuclei.
        cards: What the training of each network wrote about it.
        metrics: Dataset -> metrics file; the scores go to the card.
        sheets: Dataset -> its sheet, which names organs and patients.
        saw: Datasets and organs of the images that train in this experiment. Networks that were
            installed have their own on their cards, and the licences of these images too.
        usage: What a user needs besides: turns, inference (tile size, overlap, batch size),
            test_organ, normalization_unit, what was measured at once, and licences, dataset ->
            licence of its images as the settings state it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in ((STAINS, stains), (SETTING, setting)):
        write_json(folder / name, read_json(source))
    scored = {dataset: read_metrics(path) for dataset, path in metrics.items()}
    own = {"saw": saw, "licences": usage.get("licences", {})}
    facts = {
        "members": [
            write_member(folder, number, path, {**own, **read_json(card)})
            for number, (path, card) in enumerate(zip(weights, cards, strict=True))
        ],
        **usage,
        "normalization": read_json(stains)["engine"],
        "scores": {dataset: summarize(images, "pooled") for dataset, images in scored.items()},
        "patients": [
            row
            for dataset, images in scored.items()
            for row in score_patients(dataset, images, read_sheet(sheets[dataset]))
        ],
    }
    write_json(folder / CARD, {**facts, "licences": find_licences(facts)})
    describe_release(folder)


def write_member(
    folder: Path, number: int, weights: str | Path, card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the file of a network of a release; return what the card says of it.

    Where a layer has no exported form, the release is run by Keras alone.
    """
    file = folder / name_file(number, EXPORTED)
    try:
        export_network(UNet.read(card["settings"]), weights, file)
    except UnknownLayerError as error:
        print(f"This release needs Keras: {error}", flush=True)
        file = folder / name_file(number, SAVED)
        halve_weights(weights, file)
    return {**card, "file": file.name, "sha256": file_digest(file)}
