import csv

import pytest

from nucleibench.families.gb_unet.network import build_network as build_gb_unet
from nucleibench.families.gb_unet.settings import GBUNet
from nucleibench.families.unet.description import describe_network, write_blocks
from nucleibench.families.unet.network import build_network as build_unet
from nucleibench.families.unet.settings import UNet

SIZE = 96
ENCODERS = ("compact", "vgg16", "resnet50", "densenet121", "inceptionv3")


def build(name):
    if name == "gb_unet":
        stages = ("a", "b")
        return build_gb_unet(GBUNet(family="gb_unet", stage_one=stages, filters=(4, 8, 16)))
    return build_unet(UNet(family="unet", encoder=name))


@pytest.fixture(scope="module", params=[*ENCODERS, "gb_unet"])
def network(request):
    return build(request.param)


def test_parameters_are_the_networks(network):
    blocks = describe_network(network, SIZE)
    assert sum(block.parameters for block in blocks) == network.count_params()


def test_each_level_halves_the_resolution(network):
    for block in describe_network(network, SIZE):
        assert (block.height, block.width) == (SIZE // 2**block.level,) * 2


def test_parts_follow_the_computation(network):
    blocks = describe_network(network, SIZE)
    levels = {
        part: [block.level for block in blocks if block.part == part]
        for part in ("input", "encoder", "decoder", "head")
    }
    deepest = max(levels["encoder"])
    assert levels["encoder"] == list(range(levels["encoder"][0], deepest + 1))
    assert levels["decoder"] == list(range(deepest))[::-1]
    assert levels["head"] == [0]
    assert blocks[-1].channels == 2


def test_skip_connections_join_blocks_of_one_level(network):
    blocks = describe_network(network, SIZE)
    encoder = {block.layer: block for block in blocks if block.part == "encoder"}
    joined = [block for block in blocks if block.part == "decoder" and block.joins]
    assert len(joined) >= 2
    for block in joined:
        assert encoder[block.joins].level == block.level


def test_gb_unet_has_the_channels_of_its_settings():
    blocks = describe_network(build("gb_unet"), SIZE)
    assert [block.channels for block in blocks] == [3, 4, 4, 8, 16, 8, 4, 2]
    assert [block.layer for block in blocks[:2]] == ["image", "stage_one"]


def test_paper_size_shapes_of_resnet():
    blocks = describe_network(build("resnet50"), 256)
    encoder = [(block.height, block.channels) for block in blocks if block.part == "encoder"]
    assert encoder == [(128, 64), (64, 256), (32, 512), (16, 1024), (8, 2048)]


def test_table_names_networks_and_the_first_stage(tmp_path):
    networks = {"a": build("compact"), "b": build("compact"), "mine": build("gb_unet")}
    first_stages = {"a": (), "b": (), "mine": ("a", "b")}
    write_blocks(networks, first_stages, SIZE, tmp_path / "blocks.csv")
    with open(tmp_path / "blocks.csv") as stream:
        rows = list(csv.DictReader(stream))
    assert list(dict.fromkeys(row["network"] for row in rows)) == ["a", "b", "mine"]
    assert [row["joins"] for row in rows if row["layer"] == "stage_one"] == ["a b"]
