"""The versions of other people's packages, as far as results can hang on them."""

import functools
import importlib.metadata
import re
from pathlib import Path

# What is imported under another name than it is installed by.
INSTALLED_AS = {
    "PIL": "pillow",
    "cv2": "opencv-python-headless",
    "jpype": "jpype1",
    "skimage": "scikit-image",
    "spams": "spams-bin",
    "yaml": "pyyaml",
}
# They fetch files, which are checked by their digests, and draw progress bars.
WITHOUT_INFLUENCE = {"gdown", "pooch", "requests", "tqdm"}


def version_that_counts(module: str, lock: Path, installed: bool) -> str | None:
    """Return the version of the package that provides a top-level module.

    That is what ``lock`` says (all versions, where it has one per version of Python), so that a
    checkout means the same on every machine, unless another version than these is installed.

    Args:
        module: name by which the package is imported.
        lock: a `uv.lock`.
        installed: whether jobs run in the environment of this process.

    Returns:
        None for what the lock does not have, such as the standard library, and for packages that
        cannot change a result.
    """
    package = INSTALLED_AS.get(module, module.replace("_", "-"))
    locked = _locked_versions(lock).get(package)
    if not locked or package in WITHOUT_INFLUENCE:
        return None
    found = _installed_version(package) if installed else None
    return found if found and found not in locked else " ".join(locked)


@functools.cache
def _locked_versions(lock: Path) -> dict[str, tuple[str, ...]]:
    # Half a megabyte: a TOML parser would take longer than all the rest of the fingerprints.
    pattern = r'^\[\[package\]\]\nname = "(.+)"\nversion = "(.+)"$'
    found: dict[str, tuple[str, ...]] = {}
    for name, version in re.findall(pattern, lock.read_text(), re.MULTILINE):
        found[name] = (*found.get(name, ()), version)
    return found


@functools.cache
def _installed_version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
