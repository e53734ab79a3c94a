"""Train the second network of GB U-Net on images and the maps of the first stage."""

import numpy as np

from nucleibench.families.gb_unet.network import build_network
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import TrainingJob
from nucleibench.families.unet.train import train_semantic

NETWORK = GBUNet


def train(job: TrainingJob) -> None:
    """Train until convergence, resuming an interrupted run.

    Tiles do not vary between epochs, because the maps of the first stage are made once.
    """
    maps = [np.load(path, mmap_mode="r") for path in job.first_stage]
    train_semantic(build_network(job.network), job, job.network.target, None, maps)
