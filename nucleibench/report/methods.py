"""How methods are named, grouped and ordered in every table and figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

CLASSICAL = "Classical segmentation"
UNETS = "U-Net with varying encoders"
COMBINED = "Mask R-CNN and ensemble networks"
EXTRAS = "Beyond the paper"


@dataclass(frozen=True)
class Method:
    """Names of a method: ``name`` in full, ``short`` where its group is already told."""

    name: str
    group: str
    short: str


def _method(name: str, group: str, short: str = "") -> Method:
    return Method(name, group, short or name)


def _unet(encoder: str) -> Method:
    return Method(f"U-Net ({encoder})", UNETS, encoder)


METHODS = {
    "otsu": _method("Otsu", CLASSICAL),
    "watershed": _method("Watershed", CLASSICAL),
    "fiji": _method("Fiji", CLASSICAL),
    "unet_vgg16": _unet("VGG-16"),
    "unet_vgg19": _unet("VGG-19"),
    "unet_resnet50": _unet("ResNet-50"),
    "unet_resnet101": _unet("ResNet-101"),
    "unet_resnet152": _unet("ResNet-152"),
    "unet_densenet121": _unet("DenseNet-121"),
    "unet_densenet201": _unet("DenseNet-201"),
    "unet_inceptionv3": _unet("Inception-v3"),
    "mask_rcnn": _method("Mask R-CNN", COMBINED),
    "unet_ensemble": _method("U-Net Ensemble", COMBINED, "Ensemble"),
    "gb_unet": _method("GB U-Net", COMBINED),
    "imagej": _method("Fiji (ImageJ itself)", EXTRAS, "ImageJ"),
    "hematoxylin": _method("Hematoxylin watershed", EXTRAS, "Hematoxylin"),
    "compact_unet": _method("Compact U-Net", EXTRAS),
    "unet_ensemble_watershed": _method("U-Net Ensemble, watershed", EXTRAS, "Ensemble, watershed"),
    "gb_unet_watershed": _method("GB U-Net, watershed", EXTRAS),
}
"""Configuration key -> method, in the order of the paper's Table 2, then our own."""


def describe_method(key: str) -> Method:
    """Return the method's names; one that is not registered goes by its key, among the extras."""
    return METHODS.get(key) or _method(key, EXTRAS)


def in_groups(keys: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return (group, its methods' keys) in the tables' order; unregistered methods come last."""
    order = list(METHODS)
    known = sorted(keys, key=lambda key: order.index(key) if key in METHODS else len(order))
    return [
        (group, list(members))
        for group, members in groupby(known, lambda key: describe_method(key).group)
    ]


def in_order(keys: Iterable[str]) -> list[str]:
    """Return the keys in the tables' order."""
    return [key for _, members in in_groups(keys) for key in members]
