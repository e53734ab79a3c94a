"""What a network looks like, read from its layers: the blocks of Figure 1.

The layers of a U-Net fall into parts (input, encoder, decoder, head) and, by the size of what they
give, into levels: level k is 2**k times smaller than the image. The encoder begins with the first
convolution, the decoder with the first up-sampling. A block is the layers of one part and level.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from math import log2
from pathlib import Path

import keras
from keras import layers, tree

from nucleibench.families.unet.network import LOGITS
from nucleibench.files import atomic_path

Shape = tuple[int, ...]
JOINS = (layers.Concatenate, layers.Add)  # what a skip connection ends in


@dataclass(frozen=True)
class Block:
    """One part of a network at one level.

    ``layer`` is the one whose output (height, width, channels) stands for the block: that which a
    skip connection takes, otherwise the last. ``joins`` names what is concatenated here: in the
    decoder the layer that the skip connection comes from, in the input the first-stage networks.
    """

    network: str
    part: str
    level: int
    layer: str
    height: int
    width: int
    channels: int
    parameters: int
    joins: str = ""


def write_blocks(
    networks: Mapping[str, keras.Model],
    first_stages: Mapping[str, Sequence[str]],
    size: int,
    output: str | Path,
) -> None:
    """Write the blocks of networks for tiles of ``size`` px, as CSV.

    Args:
        networks: name -> network.
        first_stages: name -> names of the networks whose maps it takes.
        size: side of a tile in pixels, a multiple of 32.
        output: a row per block, with the fields of :class:`Block`.
    """
    with atomic_path(output) as temporary, open(temporary, "w", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(Block)])
        writer.writeheader()
        for name, network in networks.items():
            first_stage = " ".join(first_stages[name])
            for block in describe_network(network, size):
                joins = first_stage if block.layer == "stage_one" else block.joins
                writer.writerow(asdict(replace(block, network=name, joins=joins)))


def describe_network(network: keras.Model, size: int) -> list[Block]:
    """Return the blocks of a U-Net for tiles of ``size`` px, in the order of computation."""
    pieces = list(_describe_layers(network, size))
    skips = {piece.joins for piece in pieces}
    groups: dict[tuple[str, int, str], list[Block]] = {}
    first_input, *others = (tensor.name for tensor in network.inputs)
    for piece in pieces:
        source = piece.layer if piece.layer in others else first_input
        key = (piece.part, piece.level, source if piece.part == "input" else "")
        groups.setdefault(key, []).append(piece)
    return [_merge(group, skips) for group in groups.values()]


def _merge(pieces: list[Block], skips: set[str]) -> Block:
    """Return the block that a part's layers of one level make together."""
    taken = [piece for piece in pieces if piece.layer in skips]
    chosen = pieces[0] if pieces[0].part == "input" else (taken or pieces)[-1]
    return replace(
        chosen,
        parameters=sum(piece.parameters for piece in pieces),
        joins=next((piece.joins for piece in pieces if piece.joins), ""),
    )


def _describe_layers(network: keras.Model, size: int) -> Iterator[Block]:
    """Yield each layer as a block of its own."""
    part = "input"
    encoded: dict[int, str] = {}  # tensor -> the encoder's layer that gives it
    for layer, (_, height, width, channels) in _walk(network, size):
        if isinstance(layer, layers.ZeroPadding2D):
            continue  # neither of one level nor of the next
        part = _part_from(layer, part)
        inputs = tree.flatten(layer.input)
        skip = next((encoded[id(i)] for i in inputs if id(i) in encoded), "")
        if part == "encoder":
            encoded[id(layer.output)] = layer.name
        joins = skip if part == "decoder" and isinstance(layer, JOINS) else ""
        level = round(log2(size / height))
        parameters = layer.count_params()
        yield Block(
            network.name, part, level, layer.name, height, width, channels, parameters, joins
        )


def _part_from(layer: layers.Layer, part: str) -> str:
    """Return the part that a layer belongs to, following a layer of ``part``."""
    if part == "input" and isinstance(layer, layers.Conv2D):
        return "encoder"
    if isinstance(layer, layers.UpSampling2D):
        return "decoder"
    return "head" if layer.name == LOGITS else part


def _walk(model: keras.Model, size: int) -> Iterator[tuple[layers.Layer, Shape]]:
    """Yield layers and the shapes of what they give, those of a model inside the model in turn."""
    plain = [layer for layer in model.layers if not isinstance(layer, keras.Model)]
    every = keras.Model(model.inputs, [layer.output for layer in plain])
    given = [(1, size, size, tensor.shape[-1]) for tensor in model.inputs]
    shapes = iter(every.compute_output_shape(given if len(given) > 1 else given[0]))
    for layer in model.layers:
        if layer in plain:
            yield layer, next(shapes)
            continue
        inside = _walk(layer, size)
        yield from (pair for pair in inside if not isinstance(pair[0], layers.InputLayer))
