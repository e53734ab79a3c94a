"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.evaluate.summary import MEASURES, summarize
from nucleibench.families.unet.export import can_export, export_network, halve_weights
from nucleibench.families.unet.release_card import CARD, EXPORTED, SAVED, SETTING, STAINS, name_file
from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path, file_digest, read_json, write_json

LICENCE = (
    "The weights derive from MoNuSeg's training images, which are CC BY-NC-SA 4.0: use them for "
    "non-commercial purposes, with attribution, under the same licence. The code is MIT."
)


def write_release(
    folder: str | Path,
    weights: Sequence[str | Path],
    stains: str | Path,
    setting: str | Path,
    cards: Sequence[str | Path],
    metrics: Mapping[str, str | Path],
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
        saw: Datasets and organs of the images that train in this experiment. Networks that were
            installed have their own on their cards.
        usage: What a user needs besides: turns, inference (tile size, overlap, batch size),
            test_organ, and normalization_unit, what was measured at once.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in ((STAINS, stains), (SETTING, setting)):
        write_json(folder / name, read_json(source))
    scores = {dataset: summarize(read_metrics(path), "pooled") for dataset, path in metrics.items()}
    facts = {
        "members": [
            write_member(folder, number, path, {"saw": saw, **read_json(card)})
            for number, (path, card) in enumerate(zip(weights, cards, strict=True))
        ],
        **usage,
        "normalization": read_json(stains)["engine"],
        "scores": scores,
        "licence": LICENCE,
    }
    write_json(folder / CARD, facts)
    with atomic_path(folder / "README.md") as temporary:
        temporary.write_text(describe_release(facts), encoding="utf-8")


def write_member(
    folder: Path, number: int, weights: str | Path, card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write the file of a network of a release; return what the card says of it.

    Where nothing can write ONNX, the release is run by Keras alone.
    """
    if can_export():
        file = folder / name_file(number, EXPORTED)
        export_network(UNet.read(card["settings"]), weights, file)
    else:
        print("tf2onnx with TensorFlow is not here: this release needs Keras", flush=True)
        file = folder / name_file(number, SAVED)
        halve_weights(weights, file)
    return {**card, "file": file.name, "sha256": file_digest(file)}


def describe_release(facts: Mapping[str, Any]) -> str:
    """Return the model card for reading."""
    headings = [measure.heading for measure in MEASURES.values()]
    lines = [
        f"# {' and '.join(dict.fromkeys(member['network'] for member in facts['members']))}",
        "",
        *(line for member in facts["members"] for line in (_describe_member(member), "")),
        f"Trained without any image of the organ {facts['test_organ']}. Threshold and smallest"
        " object were chosen on validation images of the other organs. For H&E at 40x (about 0.25"
        " micrometres a pixel).",
        "",
        f"- colour normalisation: {facts['normalization']}, of the scores' images measured by "
        f"{facts['normalization_unit']}",
        *(f"- SHA-256 of `{m['file']}`: `{m['sha256']}`" for m in facts["members"]),
        "- everything else: `card.json`",
        "",
        f"| test images | nuclei | {' | '.join(headings)} |",
        "| :-- |" + " --: |" * (len(headings) + 1),
        *(_score_row(dataset, scores) for dataset, scores in facts["scores"].items()),
        "",
        f"Licence: {facts['licence']}",
    ]
    return "\n".join(lines) + "\n"


def _describe_member(member: Mapping[str, Any]) -> str:
    settings = member["settings"]
    return (
        f"`{member['file']}`: {member['weights']:,} weights, kernels in half precision, target"
        f" {settings['target']}, sees {settings['colors']} colours; seed {member['seed']},"
        f" epochs: {member['epochs']}, the best {member['best_epoch']},"
        f" {member['seconds_per_epoch']:.0f} s each, threads: {member['training']['threads']}."
    )


def _score_row(dataset: str, scores: Mapping[str, float]) -> str:
    values = " | ".join(f"{scores[name]:.4f}" for name in MEASURES)
    return f"| {dataset}, {scores['images']} | {scores['n_true']:,} | {values} |"
