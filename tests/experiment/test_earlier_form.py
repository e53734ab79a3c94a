"""What is written in the first form is told with its present spelling, which is right."""

import re

import pytest
import yaml
from configurations import problems, read

# A change in the first form -> its present spelling.
RENAMED = {
    "threshold: {probabilities: [0.5], min_sizes: [10]}": (
        "top level: threshold is now candidates;"
        " write candidates: {thresholds: [0.5], min_sizes: [10]}"
    ),
    "threshold: {}": "top level: threshold is now candidates; write candidates: {}",
    "normalization: {target: ./mine.png}": (
        "normalization: target is now reference; write normalization: {reference: ./mine.png}"
    ),
    "candidates: {probabilities: [0.5]}": (
        "candidates: probabilities is now thresholds; write candidates: {thresholds: [0.5]}"
    ),
    "networks: {mask_rcnn: {descent: {flips: false, momentum: 0.5}}}": (
        "networks.mask_rcnn.descent: flips is now rotate_flip;"
        " write networks: {mask_rcnn: {descent: {rotate_flip: false}}}"
    ),
    "networks: {compact_unet: {variation: {turns: true}}}": (
        "networks.compact_unet.variation: turns is now rotate_flip;"
        " write networks: {compact_unet: {variation: {rotate_flip: true}}}"
    ),
    "networks: {mask_rcnn: {network: {zoom: 2}}}": (
        "networks.mask_rcnn: network is now size; write networks: {mask_rcnn: {size: {zoom: 2}}}"
    ),
    "networks: {unet_vgg16: {seed: 3}}": (
        "networks.unet_vgg16: seed is now seeds; write networks: {unet_vgg16: {seeds: [3]}}"
    ),
    "networks: {unet_vgg16: {kind: unet}}": (
        "networks.unet_vgg16: kind is now family; write networks: {unet_vgg16: {family: unet}}"
    ),
}
METHODS = {
    "{kind: unet, encoder: vgg16, encoder_weights: imagenet, training: {batch_size: 2},"
    " note: a}": """
        networks:
          x:
            family: unet
            encoder: vgg16
            encoder_weights: imagenet
            training: {batch_size: 2}
        methods:
          x: {network: x, note: a}
    """,
    "{kind: unet, encoder: compact, target: boundary, separation: boundary,"
    " variation: {turns: true, blur: 1}, turns: 4, seed: 3, release: null,"
    " freeze_encoder: false}": """
        networks:
          x:
            family: unet
            encoder: compact
            target: boundary
            variation: {rotate_flip: true, blur: 1}
            seeds: [3]
            release: null
            freeze_encoder: false
        methods:
          x: {network: x, separation: boundary, turns: 4}
    """,
    "{kind: unet, encoder: vgg16, seed: null}": """
        networks:
          x:
            family: unet
            encoder: vgg16
            seeds: []
        methods:
          x: {network: x}
    """,
    "{kind: gb_unet, stage_one: [unet_vgg19], filters: [8, 16], separation: watershed}": """
        networks:
          x:
            family: gb_unet
            stage_one: [unet_vgg19]
            filters: [8, 16]
        methods:
          x: {network: x, separation: watershed}
    """,
    "{kind: mask_rcnn, coco_weights: true, network: {zoom: 2}, sampling: {regions: 64},"
    " descent: {flips: true}, detection: {min_score: 0.2}, scores: [0.5], max_ious: [0.3]}": """
        networks:
          x:
            family: mask_rcnn
            coco_weights: true
            size: {zoom: 2}
            sampling: {regions: 64}
            descent: {rotate_flip: true}
            detection: {min_score: 0.2}
        methods:
          x:
            network: x
            scores: [0.5]
            max_ious: [0.3]
    """,
    "{kind: classical, algorithm: fiji, settings: {sigma: 2}, note: a}": """
        methods:
          x:
            family: classical
            algorithm: fiji
            settings: {sigma: 2}
            note: a
    """,
    "{kind: ensemble, members: [unet_vgg16, unet_vgg19], separation: watershed}": """
        methods:
          x:
            separation: watershed
            networks: [unet_vgg16, unet_vgg19]
    """,
    # Of ensembles the networks, of turned maps the turns.
    "{kind: ensemble, members: [unet_ensemble, unet_vgg19, unet_vgg16]}": """
        methods:
          x:
            networks: [unet_vgg19, unet_resnet101, unet_densenet121, unet_vgg16]
    """,
    "{kind: ensemble, members: [compact_unet]}": """
        methods:
          x:
            networks: [compact_unet]
            turns: 4
    """,
    "{kind: ensemble, members: [gb_unet_watershed]}": """
        methods:
          x:
            networks: [gb_unet]
    """,
}
# Changes of methods that config.yaml has, which have its present keys too.
CHANGED_METHODS = {
    "unet_vgg16: {kind: unet, encoder: vgg19}": """
        networks:
          unet_vgg16: {encoder: vgg19, family: unet}
        methods:
          unet_vgg16: {network: unet_vgg16, name: U-Net (VGG-16), short: VGG-16, group: U-Net with
              varying encoders}
    """,
    "compact_unet: {seed: 3}": """
        networks:
          compact_unet:
            seeds: [3]
        methods:
          compact_unet: {network: compact_unet, separation: boundary, turns: 4, name: Compact U-Net,
            group: Beyond the paper}
    """,
    "mask_rcnn: {network: {zoom: 2}}": """
        networks:
          mask_rcnn:
            size: {zoom: 2}
        methods:
          mask_rcnn: {network: mask_rcnn, name: Mask R-CNN, group: Mask R-CNN and ensemble networks}
    """,
    "unet_ensemble_watershed: {members: [unet_ensemble]}": """
        methods:
          unet_ensemble_watershed:
            separation: watershed
            name: U-Net Ensemble, watershed
            short: Ensemble, watershed
            group: Beyond the paper
            note: the maps of U-Net Ensemble, touching nuclei separated by watershed
            networks: [unet_vgg19, unet_resnet101, unet_densenet121]
    """,
    "gb_unet_watershed: {kind: ensemble, members: [gb_unet], note: b}": """
        methods:
          gb_unet_watershed:
            separation: watershed
            name: GB U-Net, watershed
            group: Beyond the paper
            note: b
            network: gb_unet
    """,
}


@pytest.mark.parametrize("text", RENAMED)
def test_a_key_is_told_as_it_is_called_now(text):
    assert problems(text) == [RENAMED[text]]
    read(RENAMED[text].split("; write ")[1])


@pytest.mark.parametrize("section", METHODS)
def test_a_method_of_each_kind_is_told_as_network_and_method(section):
    check_advice(f"methods: {{x: {section}}}", METHODS[section])


@pytest.mark.parametrize("section", CHANGED_METHODS)
def test_a_changed_method_is_told_as_network_and_method(section):
    check_advice(f"methods: {{{section}}}", CHANGED_METHODS[section])


def check_advice(text, expected):
    (line,), written = split_advice(problems(text))
    assert re.fullmatch(r"methods\.\w+: networks and methods are two sections now\. Write", line)
    assert yaml.safe_load(written) == yaml.safe_load(expected)
    read(written)


def split_advice(told):
    """Return the lines that tell of methods, and the lines of YAML below all of them."""
    return [line for line in told if line[0] != " "], "\n".join(n for n in told if n[0] == " ")


def test_all_that_is_written_in_the_first_form_is_told_at_once():
    told = problems(
        """
        threshold: {probabilities: [0.5]}
        normalization: {target: ./mine.png}
        methods:
          mine: &mine {kind: unet, encoder: compact, variation: {turns: true}, seed: 1}
          mine_2: {<<: *mine, seed: 2}
          both: {kind: ensemble, members: [mine, mine_2]}
        compare: [mine, mine_2, both]
        """
    )
    lines, written = split_advice(told)
    assert [line.split(":")[0] for line in lines] == [
        "normalization",
        "top level",
        "methods.mine",
        "methods.mine_2",
        "methods.both",
    ]
    assert "&" not in written
    assert "*" not in written
    for advice in re.split(r"\n(?=      networks:|      methods:)", written):
        assert set(yaml.safe_load(advice)) <= {"networks", "methods"}


def test_an_ensemble_of_itself_is_told_too():
    told = problems("methods: {x: {kind: ensemble, members: [y]}, y: {members: [x]}}")
    assert [line.strip() for line in told if "networks: " in line] == [
        "networks: [y]",
        "networks: [x]",
    ]


@pytest.mark.parametrize(
    "section",
    [
        "{kind: ensemble, members: unet_vgg16}",
        "{kind: ensemble, members: [[unet_vgg16]]}",
        "{kind: ensemble}",
        "{kind: unett}",
        "{kind: [unet]}",
        "{seed: text}",
    ],
)
def test_what_is_wrong_in_the_first_form_too_is_told_without_a_crash(section):
    assert problems(f"methods: {{x: {section}}}")
