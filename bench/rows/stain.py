"""Colour normalisation of one image, fitted on another before."""

from functools import partial
from typing import Any

import numpy as np

from bench.registry import Candidate, Comparison, Inputs, Work


def draw(size: int) -> dict[str, np.ndarray]:
    from bench.drawn import lay_image

    return {"image": lay_image(size, "liver"), "reference": lay_image(1000, "kidney")}


def ours(inputs: Inputs, engine: str) -> Work:
    from nucleibench.stain.reference import fit_reference, normalize_image

    reference = fit_reference(inputs["reference"], engine)
    return lambda: normalize_image(inputs["image"], reference)[0]


def staintools(inputs: Inputs, method: str) -> Work:
    import staintools

    if method == "reinhard":
        normalizer = staintools.ReinhardColorNormalizer()
    else:
        normalizer = staintools.StainNormalizer(method)
    normalizer.fit(inputs["reference"].copy())
    return lambda: normalizer.transform(inputs["image"].copy())


def tiatoolbox(inputs: Inputs, method: str) -> Work:
    from tiatoolbox.tools.stainnorm import get_normalizer

    normalizer = get_normalizer(method)
    normalizer.fit(inputs["reference"].copy())
    return lambda: normalizer.transform(inputs["image"].copy())


def torchstain(inputs: Inputs, method: str, backend: str) -> Work:
    from torchstain import normalizers

    kind = {"macenko": "MacenkoNormalizer", "reinhard": "ReinhardNormalizer"}[method]
    normalizer = getattr(normalizers, kind)(backend=backend)
    place = _to_tensor if backend == "torch" else np.asarray
    normalizer.fit(place(inputs["reference"]))

    def work():
        found = normalizer.normalize(place(inputs["image"]))
        return np.asarray(found[0] if isinstance(found, tuple) else found)

    return work


def torch_staintools(inputs: Inputs, method: str) -> Work:
    import torch
    from torch_staintools.normalizer.factory import NormalizerBuilder

    normalizer = NormalizerBuilder.build(method)
    normalizer.fit(_to_tensor(inputs["reference"])[None] / 255)

    def work():
        with torch.inference_mode():
            found = normalizer(_to_tensor(inputs["image"])[None] / 255)[0]
            return (found.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()

    return work


def _to_tensor(image: np.ndarray) -> Any:
    import torch

    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float()


OTHER = "own scaling and percentiles, so another image"
CLOCK = "its dictionary is learnt for a second of wall clock"


def compare(method: str, peers: tuple[Candidate, ...], differs: str, aim: float) -> Comparison:
    return Comparison(
        f"{method.capitalize()} normalisation",
        draw,
        Candidate("ours", partial(ours, engine=method)),
        (
            Candidate("staintools", partial(staintools, method=method), differs=differs),
            Candidate(
                "TIAToolbox", partial(tiatoolbox, method=method), "tiatoolbox",
                "" if method == "reinhard" else OTHER,
            ),
            Candidate(
                "torch-staintools", partial(torch_staintools, method=method),
                "torch-staintools", OTHER, limit=1000, slow=True,
            ),
            *peers,
        ),
        sizes=(1000, 2000),
        aim=aim,
        rivals=("staintools",),
        tolerance=1,
        rate=lambda size: size**2 / 1e6,
        rate_unit="megapixels",
    )  # fmt: skip


def of_torchstain(method: str) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            f"torchstain ({backend})",
            partial(torchstain, method=method, backend=backend),
            "torchstain",
            OTHER,
        )
        for backend in ("numpy", "torch")
    )


COMPARISONS = [
    compare("vahadane", (), CLOCK, aim=5),
    compare("macenko", of_torchstain("macenko"), "", aim=5),
    compare("reinhard", of_torchstain("reinhard"), "", aim=5),
]
