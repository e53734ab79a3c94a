import pandas as pd
import pytest
from matplotlib.patches import Rectangle
from pictures import is_drawn

from nucleibench.errors import DataError
from nucleibench.report.networks import draw_networks, plot_networks

COLUMNS = [
    "network",
    "part",
    "level",
    "layer",
    "height",
    "width",
    "channels",
    "parameters",
    "joins",
]
FIRST = [
    ("unet_vgg19", "input", 0, "image", 64, 64, 3, 0, ""),
    ("unet_vgg19", "encoder", 0, "fine", 64, 64, 16, 1_000_000, ""),
    ("unet_vgg19", "encoder", 1, "coarse", 32, 32, 32, 1_500_000, ""),
    ("unet_vgg19", "decoder", 0, "joined", 64, 64, 16, 0, "fine"),
    ("unet_vgg19", "head", 0, "probabilities", 64, 64, 2, 34, ""),
]
NAMES = {"unet_vgg19": "U-Net (VGG-19)"}
SECOND = [
    ("gb_unet", *FIRST[0][1:]),
    ("gb_unet", "input", 0, "stage_one", 64, 64, 5, 0, "unet_vgg19"),
    *[("gb_unet", *row[1:]) for row in FIRST[1:]],
]


def table(rows):
    return pd.DataFrame(rows, columns=COLUMNS)


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def boxes(figure):
    return [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]


def test_every_block_is_drawn_with_its_channels():
    figure = draw_networks(table(FIRST), NAMES)
    assert len(boxes(figure)) == len(FIRST)
    assert texts(figure)[:5] == ["3", "16", "32", "16", "2"]
    assert "64 \N{MULTIPLICATION SIGN} 64" in texts(figure)
    assert "U-Net (VGG-19), 2.5 million weights" in texts(figure)


def test_a_network_without_a_name_goes_by_its_key():
    assert "unet_vgg19, 2.5 million weights" in texts(draw_networks(table(FIRST), {}))


def test_second_stage_joins_the_maps_of_the_first():
    figure = draw_networks(table(FIRST + SECOND), NAMES)
    arrows = len(figure.axes[0].patches) - len(boxes(figure))
    alone = draw_networks(table(FIRST), NAMES)
    each = len(alone.axes[0].patches) - len(boxes(alone))
    assert arrows == 2 * each + 1
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert "maps from before the softmax, concatenated" in labels


def test_files_repeat_bit_by_bit(tmp_path):
    table(FIRST + SECOND).to_csv(tmp_path / "blocks.csv", index=False)
    pairs = [[tmp_path / f"{name}.{kind}" for kind in ("png", "pdf")] for name in "ab"]
    for pair in pairs:
        plot_networks(tmp_path / "blocks.csv", NAMES, *pair)
    assert is_drawn(pairs[0][0])
    assert [p.read_bytes() for p in pairs[0]] == [p.read_bytes() for p in pairs[1]]


def test_no_blocks_are_refused(tmp_path):
    table([]).to_csv(tmp_path / "blocks.csv", index=False)
    with pytest.raises(DataError, match=r"blocks\.csv: holds no blocks; describe"):
        plot_networks(tmp_path / "blocks.csv", NAMES, tmp_path / "a.png", tmp_path / "a.pdf")
