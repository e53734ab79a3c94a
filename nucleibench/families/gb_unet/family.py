"""GB U-Net, whose maps become rows as those of U-Nets do."""

from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import Family
from nucleibench.families.unet.method import NetworkMapMethod

FAMILY = Family(
    "nucleibench.families.gb_unet",
    method=NetworkMapMethod,
    network=GBUNet,
    shared={"label": "nucleibench.families.unet.label"},
)
