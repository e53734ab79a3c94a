"""What others may demand of those who pass NucleiBench on: nothing beyond the MIT licence."""

import re

import pytest
from licences import PAGE, installed_packages, licence, lines, lock, ways

FREE = {
    *("MIT", "BSD", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSD-4.3TAHOE", "0BSD", "ISC"),
    *("Apache-2.0", "PSF-2.0", "MIT-CMU", "Zlib", "CC0-1.0", "blessing", "IJG", "libpng-2.0"),
    *("libtiff", "public domain", "LicenseRef-Public-Domain"),
    # They bind changes of their own files alone, or of the library, which a user may replace.
    *("MPL-2.0", "LGPL-2.1-only", "LGPL-2.1-or-later"),
}
TOLD_ON_THE_PAGE = {"spams-bin": "GPL-3.0-or-later"}


def is_free(expression: str) -> bool:
    """Tell whether one of the choices is free in all its parts."""
    expression = re.sub(r"\(([^()]*)\)", lambda m: "MIT" if is_free(m[1]) else "no", expression)
    choices = re.split(r" or ", expression, flags=re.IGNORECASE)
    return any(set(re.split(r" and ", c, flags=re.IGNORECASE)) <= FREE for c in choices)


@pytest.mark.parametrize(
    ("expression", "free"),
    [
        ("MIT", True),
        ("GPL-3.0-or-later", False),
        ("BSD or GPL", True),
        ("MIT AND GPL-2.0-only", False),
        ("MIT AND (GPL-2.0-only OR BSD-3-Clause)", True),
        ("not stated", False),
    ],
)
def test_an_expression_is_understood(expression, free):
    assert is_free(expression) == free


def test_no_licence_forbids_to_pass_it_on_under_the_mit_licence():
    others = {name: found for name, found, _ in lines() if not is_free(found)}
    nvidia = {name for name, found in others.items() if found == "NVIDIA"}
    assert {name: found for name, found in others.items() if name not in nvidia} == TOLD_ON_THE_PAGE
    base = ways(lock())["base"]
    assert len(base) > 15
    assert not base & others.keys()


def test_the_page_has_every_package_of_the_lock_and_what_it_says():
    """Packages that are not installed here, as they are of other systems, keep their lines."""
    rows = re.findall(r"^\| (\S+) \| ([^|]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    written = {name: found for name, found, _ in rows if name != "package"}
    assert written.keys() == lock().keys() - {"nucleibench"}, "run make licences"
    installed = installed_packages()
    known = {name: licence(name, installed) for name in written if name in installed}
    assert known.items() <= written.items(), "run make licences"
