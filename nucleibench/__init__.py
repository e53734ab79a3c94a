"""Train, run and compare nucleus segmentation on H&E images with a held-out organ."""

__version__ = "0.1.0"
