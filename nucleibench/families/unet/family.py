"""U-Nets, and the rows from their maps."""

from nucleibench.families.interface import Family
from nucleibench.families.unet.method import NetworkMapMethod
from nucleibench.families.unet.settings import UNet

FAMILY = Family("nucleibench.families.unet", method=NetworkMapMethod, network=UNet)
