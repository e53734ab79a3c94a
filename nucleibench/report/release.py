"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.evaluate.summary import MEASURES, summarize
from nucleibench.families.unet.export import can_export, export_network, halve_weights
from nucleibench.families.unet.release import CARD, EXPORTED, SETTING, STAINS, WEIGHTS
from nucleibench.families.unet.settings import UNet
from nucleibench.files import atomic_path, file_digest, read_json, write_json

LICENCE = (
    "The weights derive from MoNuSeg's training images, which are CC BY-NC-SA 4.0: use them for "
    "non-commercial purposes, with attribution, under the same licence. The code is MIT."
)


def write_release(
    folder: str | Path,
    weights: str | Path,
    stains: str | Path,
    setting: str | Path,
    card: str | Path,
    metrics: Mapping[str, str | Path],
    usage: Mapping[str, Any],
) -> None:
    """Write the folder that :func:`nucleibench.families.unet.release.read_release` reads.

    Args:
        folder: Where to write.
        weights: Of the trained network.
        stains: Reference of colour normalisation.
        setting: How its maps become nuclei.
        card: What its training wrote about it.
        metrics: Dataset -> metrics file; the scores go to the card.
        usage: What a user needs besides: turns, inference (tile size, overlap, batch size),
            test_organ, and normalization_unit, what was measured at once.
    """
    folder = Path(folder)
    halve_weights(weights, folder / WEIGHTS)
    for name, source in ((STAINS, stains), (SETTING, setting)):
        write_json(folder / name, read_json(source))
    scores = {dataset: summarize(read_metrics(path), "pooled") for dataset, path in metrics.items()}
    facts = {
        **read_json(card),
        **usage,
        "normalization": read_json(stains)["engine"],
        "sha256": file_digest(folder / WEIGHTS),
        **write_exported(folder, read_json(card)["settings"]),
        "scores": scores,
        "licence": LICENCE,
    }
    write_json(folder / CARD, facts)
    with atomic_path(folder / "README.md") as temporary:
        temporary.write_text(describe_release(facts), encoding="utf-8")


def write_exported(folder: Path, settings: Mapping[str, Any]) -> dict[str, str]:
    """Write the form without Keras of the weights in a folder; return what the card says of it.

    That is nothing where what writes it is not installed: the release is then run by Keras alone.
    """
    if not can_export():
        print("tf2onnx is not installed: the release has no form without Keras", flush=True)
        return {}
    export_network(UNet.read(settings), folder / WEIGHTS, folder / EXPORTED)
    return {"exported_sha256": file_digest(folder / EXPORTED)}


def describe_release(facts: Mapping[str, Any]) -> str:
    """Return the model card for reading."""
    training = facts["training"]
    headings = [measure.heading for measure in MEASURES.values()]
    lines = [
        f"# {facts['network']}, target {facts['settings']['target']}",
        "",
        f"{facts['weights']:,} weights, kernels in half precision. Trained without any image of the"
        f" organ {facts['test_organ']}; threshold and smallest object were chosen on validation"
        " images of the other organs. For H&E at 40x (about 0.25 micrometres a pixel).",
        "",
        f"- epochs: {facts['epochs']}, the best {facts['best_epoch']}; "
        f"{facts['seconds_per_epoch']:.0f} s each, threads: {training['threads']}",
        f"- colour normalisation: {facts['normalization']}, of the scores' images measured by "
        f"{facts['normalization_unit']}",
        f"- seed: {facts['seed']}",
        f"- SHA-256 of the weights, `model.weights.h5`: `{facts['sha256']}`",
        *_describe_exported(facts),
        "- everything else: `card.json`",
        "",
        f"| test images | nuclei | {' | '.join(headings)} |",
        "| :-- |" + " --: |" * (len(headings) + 1),
        *(_score_row(dataset, scores) for dataset, scores in facts["scores"].items()),
        "",
        f"Licence: {facts['licence']}",
    ]
    return "\n".join(lines) + "\n"


def _describe_exported(facts: Mapping[str, Any]) -> Iterator[str]:
    if sha256 := facts.get("exported_sha256"):
        yield f"- SHA-256 of the form without Keras, `model.onnx`: `{sha256}`"


def _score_row(dataset: str, scores: Mapping[str, float]) -> str:
    values = " | ".join(f"{scores[name]:.4f}" for name in MEASURES)
    return f"| {dataset}, {scores['images']} | {scores['n_true']:,} | {values} |"
