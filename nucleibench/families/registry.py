"""The method families by name: those of this package, and those that others install."""

from importlib.metadata import entry_points

from nucleibench.families.interface import Family
from nucleibench.registry import Registry

GROUP = "nucleibench.families"
"""Entry points of this group are families: name = "package.module:FAMILY"."""

OWN = {
    "unet": "nucleibench.families.unet.family:FAMILY",
    "gb_unet": "nucleibench.families.gb_unet.family:FAMILY",
    "mask_rcnn": "nucleibench.families.mask_rcnn.family:FAMILY",
    "ensemble": "nucleibench.families.ensemble.family:FAMILY",
    "classical": "nucleibench.families.classical.family:FAMILY",
    "external": "nucleibench.families.external.family:FAMILY",
}


def find_families() -> Registry[Family]:
    """Return all families; one of this package goes before an installed one of its name."""
    installed = {point.name: point.value for point in entry_points(group=GROUP)}
    return Registry("method family", {**OWN, **installed, **OWN})


def own_families() -> Registry[Family]:
    """Return the families of this package alone."""
    return Registry("method family", OWN)
