"""Descriptions of released networks for bioimage.io: one file and two arrays for each network.

The format is that of https://github.com/bioimage-io/spec-bioimage-io, version 0.5. The arrays are
an input and the output of the network for it, with which others test that they run it as we do.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from nucleibench.compute.exported import load_exported
from nucleibench.data.synthetic import draw_image
from nucleibench.families.unet.release_card import EXPORTED
from nucleibench.files import atomic_path, file_digest
from nucleibench.report.model_card import TAGS

FORMAT = "0.5.3"
PAPER = {
    "text": "Lagree et al. 2021, Scientific Reports 11, 8025: the experiment that it belongs to",
    "doi": "10.1038/s41598-021-87496-1",
}
SIDE = 64  # of the image of the test, in pixels
STEP = 32  # sides of images are multiples of it


def write_description(folder: Path, member: Mapping[str, Any], licence: str | None) -> Path | None:
    """Write ``rdf.yaml`` (``model_2.rdf.yaml`` for the second network) and its two arrays.

    Args:
        folder: of the release.
        member: what the card says of the network.
        licence: of the weights, as SPDX names it; None where there is no such.

    Returns:
        The description; None where the network is no ONNX file, which bioimage.io needs.
    """
    if not member["file"].endswith(EXPORTED):
        return None
    stem = member["file"].removesuffix(EXPORTED)
    image = draw_image("kidney", "test", 0, SIDE)[0][None]
    run = load_exported(folder / member["file"], member["sha256"])
    arrays = {"input": image, "output": run(image)}
    for name, array in arrays.items():
        _write_array(folder / f"{stem}_test_{name}.npy", array)
    description = folder / f"{stem}.rdf.yaml".removeprefix("model.")
    with atomic_path(description) as temporary:
        text = yaml.safe_dump(_describe(folder, stem, member, arrays, licence), sort_keys=False)
        temporary.write_text(text, encoding="utf-8")
    return description


def _write_array(path: Path, array: np.ndarray) -> None:
    with atomic_path(path) as temporary:
        np.save(temporary, array)


def _describe(
    folder: Path,
    stem: str,
    member: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],
    licence: str | None,
) -> dict[str, Any]:
    target, colors = member["settings"]["target"], member["settings"]["colors"]
    tests = {name: _refer(folder / f"{stem}_test_{name}.npy") for name in arrays}
    channels = [f"{target}_{number}" for number in range(arrays["output"].shape[-1])]
    return {
        "type": "model",
        "format_version": FORMAT,
        "name": f"NucleiBench {member['network']} {colors} colours",
        "description": f"U-Net for nuclei on H&E images at 0.25 micrometres a pixel; {colors}"
        f" colours, target {target}.",
        "authors": [{"name": "NucleiBench developers"}],
        "cite": [PAPER],
        **({"license": licence} if licence else {}),
        "tags": list(TAGS),
        "documentation": "README.md",
        "inputs": [_describe_input(arrays["input"], tests["input"])],
        "outputs": [_describe_output(arrays["output"], tests["output"], channels)],
        "weights": {"onnx": _describe_weights(folder / member["file"])},
    }


def _refer(path: Path) -> dict[str, str]:
    return {"source": path.name, "sha256": file_digest(path)}


def _describe_weights(path: Path) -> dict[str, Any]:
    import onnx  # comes with what writes the file

    operators = onnx.load(path, load_external_data=False).opset_import
    version = next(one.version for one in operators if one.domain in ("", "ai.onnx"))
    return {**_refer(path), "opset_version": version}


def _describe_input(array: np.ndarray, test: dict[str, str]) -> dict[str, Any]:
    sides = [
        {"type": "space", "id": name, "size": {"min": SIDE, "step": STEP}} for name in ("y", "x")
    ]
    return {
        "id": "image",
        "description": "RGB, 0 to 255.",
        "axes": [{"type": "batch"}, *sides, _describe_channels(["red", "green", "blue"])],
        "data": {"type": str(array.dtype)},
        "test_tensor": test,
    }


def _describe_output(
    array: np.ndarray, test: dict[str, str], channels: list[str]
) -> dict[str, Any]:
    sides = [
        {"type": "space", "id": name, "size": {"tensor_id": "image", "axis_id": name}}
        for name in ("y", "x")
    ]
    return {
        "id": "maps",
        "description": "What the network says of each pixel; the first channel is background.",
        "axes": [{"type": "batch"}, *sides, _describe_channels(channels)],
        "data": {"type": str(array.dtype)},
        "test_tensor": test,
    }


def _describe_channels(names: list[str]) -> dict[str, Any]:
    return {"type": "channel", "channel_names": names}
