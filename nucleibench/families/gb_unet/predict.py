"""Maps of whole images by GB U-Net."""

from nucleibench.families.gb_unet.network import build_network
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.interface import PredictionJob
from nucleibench.families.unet.network import load_network, load_weights
from nucleibench.families.unet.predict import map_predictor, predict_folder
from nucleibench.families.unet.settings import UNet

NETWORK = GBUNet


def predict(job: PredictionJob) -> None:
    """Write the maps of each image."""
    network = load_weights(build_network(job.network), job.weights)
    first = [load_network(UNet.read(plain), weights) for plain, weights in job.first_stage]
    target, execution = job.network.target, job.computation.execution
    predict_folder(map_predictor(network, target, first, job.turns, execution), job)
