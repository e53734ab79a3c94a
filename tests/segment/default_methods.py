"""The classical methods with the settings that the configuration's schema gives them."""

from nucleibench.configuration import complete_method
from nucleibench.segment.classical import build_method


def default_method(algorithm, **changes):
    section = {"kind": "classical", "algorithm": algorithm, "settings": changes}
    return build_method(algorithm, complete_method(section)["settings"])
