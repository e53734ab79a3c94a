"""The versions of other people's packages, as far as results can hang on them."""

import functools
import importlib.metadata
import re
import sys
from pathlib import Path

# What is imported under another name than it is installed by.
INSTALLED_AS = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "jpype": "jpype1",
    "markdown_it": "markdown-it-py",
    "openslide": "openslide-python",
    "skimage": "scikit-image",
    "spams": "spams-bin",
    "yaml": "pyyaml",
}
# They fetch files, which are checked by their digests, and draw progress bars.
WITHOUT_INFLUENCE = {"gdown", "requests", "tqdm"}


def version_that_counts(module: str, lock: Path, installed: bool) -> str | None:
    """Return the version of the package that provides a top-level module.

    That is what ``lock`` says (all versions, where it has one per version of Python), so that a
    checkout means the same on every machine, unless another version than these is installed.

    Args:
        module: name by which the package is imported.
        lock: a `uv.lock`.
        installed: whether jobs run in the environment of this process.

    Returns:
        None for the standard library, for packages that cannot change a result, and for what is
        neither locked nor installed.
    """
    if module in sys.stdlib_module_names:
        return None
    package = INSTALLED_AS.get(module, module.replace("_", "-"))
    if package in WITHOUT_INFLUENCE:
        return None
    locked = _locked_versions(lock).get(package, ())
    found = _find_installed(module, package) if installed else None
    return found if found and found not in locked else " ".join(locked) or None


@functools.cache
def _locked_versions(lock: Path) -> dict[str, tuple[str, ...]]:
    # Half a megabyte: a TOML parser would take longer than all the rest of the fingerprints.
    pattern = r'^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"$'
    found: dict[str, tuple[str, ...]] = {}
    for name, version in re.findall(pattern, lock.read_text(), re.MULTILINE):
        found[name] = (*found.get(name, ()), version)
    return found


def _find_installed(module: str, package: str) -> str | None:
    """Return the installed version of a package, which may have another name than its module.

    The lock has what this library imports; a package that brings a method family may import more.
    """
    if version := _installed_version(package):
        return version
    names = importlib.metadata.packages_distributions().get(module, [])
    return " ".join(filter(None, map(_installed_version, names))) or None


@functools.cache
def _installed_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
