"""Values that no setting takes, or that YAML takes for something else."""

import json
from collections import OrderedDict

import pytest
from configurations import changed, problems, problems_of

WRONG = {
    # Kinds of values
    "networks: [a]": ["networks: a list is not a section of keys and values"],
    "methods: 3": ["methods: 3 is not a section of keys and values"],
    "datasets: {x: 3}": ["datasets.x: 3 is not a section of keys and values"],
    "methods: {otsu: yes}": ["methods.otsu: true is not a section of keys and values"],
    "networks: {unet_vgg16: text}": [
        "networks.unet_vgg16: 'text' is not a section of keys and values"
    ],
    "training: null": ["training: null is not a section of keys and values"],
    "results: {}": ["results: a section is not text"],
    "training: {learning_rate: 1e-4}": [
        "training.learning_rate: '1e-4' is not a number but text to YAML; write 0.0001"
    ],
    "training: {min_change: 1e-20}": [
        "training.min_change: '1e-20' is not a number but text to YAML; write 1.0e-20"
    ],
    'training: {max_epochs: "1e3"}': [
        "training.max_epochs: '1e3' is not a whole number but text to YAML; write 1000"
    ],
    'training: {max_epochs: "1.5"}': ["training.max_epochs: '1.5' is not a whole number"],
    'training: {learning_rate: "nan"}': ["training.learning_rate: 'nan' is not a number"],
    "training: {learning_rate: .nan}": ["training.learning_rate: .nan is not a finite number"],
    "training: {learning_rate: .inf}": ["training.learning_rate: .inf is not a finite number"],
    "training: {max_epochs: -.inf}": ["training.max_epochs: -.inf is not a whole number"],
    "seed: 2.0": ["seed: 2.0 is not a whole number"],
    "networks: {mask_rcnn: {size: {anchor_sizes: [1, 2, 3, 4, x]}}}": [
        "networks.mask_rcnn.size.anchor_sizes.4: 'x' is not a number"
    ],
    # What no setting takes
    "1: 2": ["top level: the key 1 is not text; write it in quotes"],
    "methods: {1: {family: classical, algorithm: otsu}}": [
        "methods: the key 1 is not text; write it in quotes"
    ],
    "methods: {otsu: {on: 2}}": ["methods.otsu: the key true is not text; write it in quotes"],
    "datasets: {2018-01-01: {}}": ["datasets: the key 2018-01-01 is not text; write it in quotes"],
    "seed: 2021-01-01": ["seed: 2021-01-01 is a date to YAML; write it in quotes"],
    "compare: [otsu, 2021-01-01 10:00:00]": [
        "compare.1: 2021-01-01 10:00:00 is a date to YAML; write it in quotes"
    ],
    "results: !!binary aGVsbG8=": ["results: b'hello' is not text, a number, a list or a section"],
    "compare: &a [*a]": ["compare.0: it contains itself"],
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:70])
def test_what_is_wrong_is_said_with_place_and_remedy(text):
    assert problems(text) == WRONG[text]


def test_a_number_that_is_too_large():
    (told,) = problems(f"training: {{learning_rate: {10**400}}}")
    assert told.startswith("training.learning_rate: 1000")
    assert told.endswith("000 is not a finite number")


def test_sections_as_snakemake_loads_them_from_json_are_sections():
    text = json.dumps(changed({"methods": {"otsu": {"kind": "classical"}}}))
    ordered = json.loads(text, object_pairs_hook=OrderedDict)
    assert problems_of(ordered) == problems_of(json.loads(text))
