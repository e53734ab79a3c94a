import numpy as np
import pytest

from nucleibench.compute.settings import Computation
from nucleibench.families.interface import MappingJob
from nucleibench.families.unet.map_tiles import map_tiles
from nucleibench.families.unet.network import build_network, logits_of
from nucleibench.families.unet.settings import UNet
from nucleibench.prepare.store import open_store


@pytest.mark.parametrize("execution", ["eager", "graph"])
def test_maps_are_those_of_every_tile_from_before_the_softmax(drawn_tiles, tmp_path, execution):
    settings = UNet(family="unet", encoder="compact")
    network, store = build_network(settings), open_store(drawn_tiles)
    network.save_weights(tmp_path / "model.weights.h5")
    map_tiles(
        MappingJob(
            network=settings,
            weights=tmp_path / "model.weights.h5",
            computation=Computation(execution=execution),
            batch_size=7,  # 24 = 3 x 7 + 3
            tiles=drawn_tiles,
            output=tmp_path / "maps.npy",
        )
    )
    expected = np.asarray(logits_of(network)(store.images[:], training=False))
    found = np.load(tmp_path / "maps.npy")
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, expected, atol=2e-3, rtol=2e-3)
