"""Writes docs/licences.md: the licence of every package in the lock file, as the package says."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "licences.md"
HEAD = "| package | licence | comes with |\n|---|---|---|"
NOT_STATED = "not stated"

TEXTS = {
    "MIT License": "MIT",
    "Permission is hereby granted, free of charge": "MIT",
    "Apache License": "Apache-2.0",
    "Redistribution and use in source and binary forms": "BSD",
}
"""What a licence text has -> its name."""

NAMES = {
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "MIT License": "MIT",
    "BSD License": "BSD",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
    "Public Domain": "public domain",
    "GNU General Public License (GPL)": "GPL",
}
"""Other words of packages -> one word for one licence."""

ELSEWHERE = {
    # Not installed on every machine, or without a word on it in the package: from their pages.
    "opencv-python": "Apache-2.0",
    "pyreadline3": "BSD",
    "staintools": "MIT",
}
PREFIXES = {"nvidia-": "NVIDIA"}


def lock() -> dict[str, dict]:
    """Return package -> its entry in the lock file."""
    packages = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    return {package["name"]: package for package in packages}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_packages() -> Mapping[str, Distribution]:
    return {_normal(d.metadata["Name"]): d for d in distributions()}


def _one_word(name: str) -> str:
    return NAMES.get(name, name)


def _from_text(package: Distribution) -> str:
    """Return the licence that the package's own copy of its text is."""
    for file in package.files or ():
        if re.search(r"LICEN[CS]E|COPYING", file.name, re.IGNORECASE) and file.suffix != ".py":
            text = Path(str(package.locate_file(file))).read_text(errors="replace")
            return next((name for sign, name in TEXTS.items() if sign in text), NOT_STATED)
    return NOT_STATED


def stated(package: Distribution) -> str:
    """Return what a package says in its expression, classifiers, field or text."""
    if expression := package.metadata.get("License-Expression"):
        return expression
    classifiers = package.metadata.get_all("Classifier") or []
    found = [c.rpartition(" :: ")[2] for c in classifiers if c.startswith("License ::")]
    if found:
        return " or ".join(sorted(set(map(_one_word, found))))
    field = (package.metadata.get("License") or "").strip()
    if field and "\n" not in field and field != "UNKNOWN":
        return _one_word(field)
    return _from_text(package)


def licence(name: str, installed: Mapping[str, Distribution]) -> str:
    """Return the licence of a package of the lock file."""
    if name in ELSEWHERE:
        return ELSEWHERE[name]
    for prefix, found in PREFIXES.items():
        if name.startswith(prefix):
            return found
    return stated(installed[name]) if name in installed else NOT_STATED


def _needs(packages: Mapping[str, dict], wanted: list[dict]) -> set[str]:
    """Return all that some entries of the lock file bring."""
    found, left = set(), [(entry["name"], tuple(entry.get("extra", ()))) for entry in wanted]
    seen = set()
    while left:
        if (place := left.pop()) in seen:
            continue
        seen.add(place)
        found.add(place[0])
        package = packages[place[0]]
        extras = package.get("optional-dependencies", {})
        for entry in [*package.get("dependencies", ()), *(e for x in place[1] for e in extras[x])]:
            left.append((entry["name"], tuple(entry.get("extra", ()))))
    return found - {"nucleibench"}


def ways(packages: Mapping[str, dict]) -> dict[str, set[str]]:
    """Return how a user asks -> the packages that come; the base comes first and is in no other."""
    own = packages["nucleibench"]
    base = _needs(packages, own["dependencies"])
    extras = own["optional-dependencies"].items()
    found = {"base": base} | {f"extra {name}": _needs(packages, e) - base for name, e in extras}
    used = set().union(*found.values())
    return found | {"development": set(packages) - used - {"nucleibench"}}


def lines() -> Iterator[tuple[str, str, str]]:
    """Yield package, licence, and with what it comes."""
    packages, installed = lock(), installed_packages()
    coming = ways(packages)
    for name in sorted(set(packages) - {"nucleibench"}):
        places = [way for way, members in coming.items() if name in members]
        yield name, licence(name, installed), ", ".join(places)


def page() -> str:
    """Return the page with its table made anew."""
    head = PAGE.read_text().split(HEAD)[0]
    return head + "\n".join([HEAD, *(f"| {' | '.join(line)} |" for line in lines())]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
