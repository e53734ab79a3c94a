"""The model card of a release: a README whose head Hugging Face reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from nucleibench.evaluate.summary import MEASURES
from nucleibench.report.licences import describe_licences, find_spdx

TAGS = ("histology", "H&E", "nucleus-segmentation", "instance-segmentation", "unet", "onnx")
TASK = {"type": "image-segmentation", "name": "Nucleus instance segmentation"}
USE = (
    "Find and outline nuclei on H&E images and slides, at 40x (about 0.25 micrometres a pixel):",
    "",
    "    nucleibench segment IMAGES OUTPUT --model THIS_FOLDER",
    "",
    "Images of another pixel size are resampled first. The results are for research.",
)
LIMITS = (
    "- The networks are not a medical device. Do not use them for diagnosis.",
    "- All training images are stained with H&E. Other stains were not tested.",
    "- The scores below are those of the images named there. Score some images of your own first,"
    " with `nucleibench evaluate`.",
    "- The networks give maps. The setting in `threshold.json` turns their mean into nuclei.",
)


def write_card(facts: Mapping[str, Any]) -> str:
    """Return the model card of a release, from what its ``card.json`` holds."""
    head = yaml.safe_dump(make_head(facts), sort_keys=False, allow_unicode=True)
    sections = {
        "Intended use": USE,
        "Limits": LIMITS,
        "What it saw": describe_training(facts),
        "Files": describe_files(facts),
        "Validation": describe_scores(facts),
        "Patients": describe_patients(facts),
        "Licence": describe_licences(facts),
    }
    text = "".join(f"\n## {name}\n\n" + "\n".join(lines) + "\n" for name, lines in sections.items())
    return f"---\n{head}---\n# {name_release(facts)}\n{text}"


def name_release(facts: Mapping[str, Any]) -> str:
    """Return the names of the networks of a release."""
    return " and ".join(dict.fromkeys(member["network"] for member in facts["members"]))


def make_head(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the front matter."""
    results = [_describe_result(*pair) for pair in facts["scores"].items()]
    return {
        "license": (find_spdx(facts) or "other").lower(),
        "library_name": "nucleibench",
        "pipeline_tag": TASK["type"],
        "tags": list(TAGS),
        "datasets": sorted({name for m in facts["members"] for name in m["saw"]["datasets"]}),
        "metrics": list(MEASURES),
        "model-index": [{"name": name_release(facts), "results": results}],
    }


def _describe_result(dataset: str, scores: Mapping[str, float]) -> dict[str, Any]:
    metrics = [
        {"type": name, "name": measure.heading, "value": round(float(scores[name]), 4)}
        for name, measure in MEASURES.items()
    ]
    return {"task": dict(TASK), "dataset": {"type": dataset, "name": dataset}, "metrics": metrics}


def describe_training(facts: Mapping[str, Any]) -> list[str]:
    """Return lines about the images and the training of each network."""
    return [
        f"No training image shows the organ {facts['test_organ']}. The setting that turns maps into"
        " nuclei was chosen on validation images of the other organs.",
        "",
        *(_describe_member(member) for member in facts["members"]),
    ]


def _describe_member(member: Mapping[str, Any]) -> str:
    settings, saw = member["settings"], member["saw"]
    first = settings["encoder_weights"] or "random weights"
    return (
        f"- `{member['file']}` was trained on {', '.join(saw['datasets'])}"
        f" ({', '.join(saw['organs'])}), in {settings['colors']} colours. It has"
        f" {member['weights']:,} weights. Its encoder is {settings['encoder']}, which started from"
        f" {first}. Its target is {settings['target']}."
        f" Seed {member['seed']}; epochs: {member['epochs']},"
        f" {member['seconds_per_epoch']:.0f} s each; kept: epoch {member['best_epoch']}; threads:"
        f" {member['training']['threads']}."
    )


def describe_files(facts: Mapping[str, Any]) -> list[str]:
    """Return lines about the files of a release."""
    return [
        *(f"- `{m['file']}`: weights, SHA-256 `{m['sha256']}`" for m in facts["members"]),
        "- `target.json`: reference of colour normalisation",
        "- `threshold.json`: the setting that turns maps into nuclei",
        "- `rdf.yaml` and similar names: descriptions for bioimage.io, one for each ONNX file",
        "- `card.json`: everything else that is known of the release",
    ]


def describe_scores(facts: Mapping[str, Any]) -> Sequence[str]:
    """Return the table of scores."""
    headings = [measure.heading for measure in MEASURES.values()]
    return [
        f"Colour normalisation: {facts['normalization']}, measured by"
        f" {facts['normalization_unit']}. Each row has the scores of all nuclei of its images.",
        "",
        f"| test images | nuclei | {' | '.join(headings)} |",
        "| :-- |" + " --: |" * (len(headings) + 1),
        *(_score_row(dataset, scores) for dataset, scores in facts["scores"].items()),
    ]


def describe_patients(facts: Mapping[str, Any]) -> Sequence[str]:
    """Return the table of scores by patient."""
    return [
        "The patients of each dataset with the lowest AJI come first. Look at images like these"
        " with care.",
        "",
        "| test images of | organ | images | nuclei | predicted | AJI | F1 (0.5) |",
        "| :-- | :-- | --: | --: | --: | --: | --: |",
        *(
            f"| {row['dataset']}, {row['patient']} | {row['organ']} | {row['images']} |"
            f" {row['n_true']:,} | {row['n_predicted']:,} | {row['aji']:.3f} | {row['f1_50']:.3f} |"
            for row in facts["patients"]
        ),
    ]


def _score_row(dataset: str, scores: Mapping[str, float]) -> str:
    values = " | ".join(f"{scores[name]:.4f}" for name in MEASURES)
    return f"| {dataset}, {scores['images']} | {scores['n_true']:,} | {values} |"
