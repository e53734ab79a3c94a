"""Gather a trained network, how to use it and what it scored into a folder to give away."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nucleibench.evaluate.evaluating import read_metrics
from nucleibench.evaluate.summary import summarize
from nucleibench.files import atomic_path, file_digest, read_json, write_json
from nucleibench.models.release import CARD, CHOICE, STAINS, WEIGHTS, halve_weights

SCORES = ("aji", "map_paper", "map_dsb", "pq", "f1_50", "recall_50", "precision_50", "f1_70")
LICENCE = (
    "The weights derive from MoNuSeg's training images, which are CC BY-NC-SA 4.0: use them for "
    "non-commercial purposes, with attribution, under the same licence. The code is MIT."
)


def write_release(
    folder: str | Path,
    weights: str | Path,
    stains: str | Path,
    choice: str | Path,
    card: str | Path,
    metrics: Mapping[str, str | Path],
    usage: Mapping[str, Any],
) -> None:
    """Write the folder that :func:`nucleibench.models.release.read_release` reads.

    Args:
        folder: Where to write.
        weights: Of the trained network.
        stains: Target of colour normalisation.
        choice: How its maps become nuclei.
        card: What its training wrote about it.
        metrics: Dataset -> metrics file; the scores go to the card.
        usage: What a user needs besides: method, inference (tile size, overlap, batch size),
            test_organ, and normalization_unit, what was measured at once.
    """
    folder = Path(folder)
    halve_weights(weights, folder / WEIGHTS)
    for name, source in ((STAINS, stains), (CHOICE, choice)):
        write_json(folder / name, read_json(source))
    scores = {dataset: summarize(read_metrics(path), "pooled") for dataset, path in metrics.items()}
    facts = {
        **read_json(card),
        **usage,
        "normalization": read_json(stains)["engine"],
        "sha256": file_digest(folder / WEIGHTS),
        "scores": scores,
        "licence": LICENCE,
    }
    write_json(folder / CARD, facts)
    with atomic_path(folder / "README.md") as temporary:
        temporary.write_text(describe_release(facts), encoding="utf-8")


def describe_release(facts: Mapping[str, Any]) -> str:
    """Return the model card for reading."""
    method, training = facts["method"], facts["training"]
    lines = [
        f"# {facts['network']}, target {method['target']}",
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
        f"- SHA-256 of the weights: `{facts['sha256']}`",
        "- everything else: `card.json`",
        "",
        "| test images | nuclei | " + " | ".join(SCORES) + " |",
        "| :-- |" + " --: |" * (len(SCORES) + 1),
        *(_score_row(dataset, scores) for dataset, scores in facts["scores"].items()),
        "",
        f"Licence: {facts['licence']}",
    ]
    return "\n".join(lines) + "\n"


def _score_row(dataset: str, scores: Mapping[str, float]) -> str:
    values = " | ".join(f"{scores[name]:.4f}" for name in SCORES)
    return f"| {dataset}, {scores['images']} | {scores['n_true']:,} | {values} |"
