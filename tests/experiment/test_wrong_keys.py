"""Keys that are unknown, stand in the wrong section, or name no family."""

import pytest
from configurations import problems, read

from nucleibench.experiment.settings import Sections
from nucleibench.training.settings import TrainingSettings

UNET = "networks: {x: {family: unet, encoder: compact}}\n"
HOW = "nothing says how it is made; give network, networks or family"
FAMILIES_THAT_TRAIN = "unet, gb_unet, mask_rcnn"
ALL_FAMILIES = f"{FAMILIES_THAT_TRAIN}, ensemble, classical, external"
ALLOWED_IN_UNET_METHOD = "family, name, short, group, note, separation, turns, seeds, network"

WRONG = {
    # Keys
    "tils: {}": [
        "top level: unknown key tils (did you mean tiles?); allowed are: "
        + ", ".join([*Sections.model_fields, "networks", "methods"])
    ],
    "training: {lerning_rate: 1}": [
        "training: unknown key lerning_rate (did you mean learning_rate?); allowed are: "
        + ", ".join(TrainingSettings.model_fields)
    ],
    "networks: {unet_vgg16: {training: {lerning_rate: 1}}}": [
        "networks.unet_vgg16.training: unknown key lerning_rate (did you mean learning_rate?);"
        f" allowed are: {', '.join(TrainingSettings.model_fields)}"
    ],
    "networks: {unet_vgg16: {learning_rate: 1}}": [
        "networks.unet_vgg16: learning_rate is a setting of the section training;"
        " write training: {learning_rate: ...}"
    ],
    "datasets: {monuseg: {archives: {train: {synthetic: {images: 1, size: 64, seed: 1}}}}}": [
        "datasets.monuseg.archives.train.synthetic: unknown key seed; allowed are: images, size"
    ],
    "methods: {otsu: {settings: {sigma: 1}}}": [
        "methods.otsu.settings: unknown key sigma; allowed are: minimum_size"
    ],
    "methods: {fiji: {sigma: 3}}": [
        "methods.fiji: sigma is a setting of the section settings; write settings: {sigma: ...}"
    ],
    "methods: {fiji: {settings: {sigmaa: 3}}}": [
        "methods.fiji.settings: unknown key sigmaa (did you mean sigma?);"
        " allowed are: sigma, threshold, minimum_size"
    ],
    "methods: {fiji: {algorithm: fijj, settings: {sigma: 3}, sigma: 1}}": [
        "methods.fiji.algorithm: 'fijj' is not one of: otsu, watershed, fiji, imagej, hematoxylin",
        "methods.fiji: unknown key sigma; allowed are: "
        "family, name, short, group, note, algorithm, settings",
    ],
    "methods: {unet_vgg16: {scores: [0.5]}}": [
        f"methods.unet_vgg16: unknown key scores; allowed are: {ALLOWED_IN_UNET_METHOD}"
    ],
    "methods: {unet_vgg16: {networks: [unet_vgg19]}}": [
        "methods.unet_vgg16: network and networks are both given; define another method for one of"
        " them"
    ],
    "tiles: {sizes: 3}\ntrainning: {}": [
        "top level: unknown key trainning (did you mean training?); allowed are: "
        + ", ".join([*Sections.model_fields, "networks", "methods"]),
        "tiles: unknown key sizes (did you mean size?); allowed are: size, overlap, variants",
    ],
    # In the wrong section
    "methods: {unet_vgg16: {training: {max_epochs: 3}}}": [
        "methods.unet_vgg16: training is a setting of the section networks;"
        " write networks: {unet_vgg16: {training: {max_epochs: 3}}}"
    ],
    "methods: {unet_vgg16: {variation: {turns: true}}}": [
        "methods.unet_vgg16: variation is a setting of the section networks;"
        " write networks: {unet_vgg16: {variation: {rotate_flip: true}}}"
    ],
    "methods: {unet_ensemble: {networks: [unet_vgg16, mask_rcnn], encoder: vgg19}}": [
        "methods.unet_ensemble: encoder is a setting of the section networks;"
        " write networks: {unet_vgg16: {encoder: vgg19}}",
        "methods.unet_ensemble.networks: these networks have no maps of probability",
    ],
    "methods: {otsu: {training: {learning_rate: 1}}}": [
        "methods.otsu: training is a setting of the section networks;"
        " this method uses no network, so remove it"
    ],
    "networks: {unet_vgg16: {separation: watershed}}": [
        "networks.unet_vgg16: separation is a setting of the section methods;"
        " write methods: {unet_vgg16: {separation: watershed}}"
    ],
    "networks: {gb_unet: {turns: 4}}": [
        "networks.gb_unet: turns is a setting of the section methods;"
        " write methods: {gb_unet: {turns: 4}, gb_unet_watershed: {turns: 4}}"
    ],
    UNET.replace("compact", "compact, turns: 4"): [
        "networks.x: turns is a setting of the section methods;"
        " write methods: {x: {network: x, turns: 4}}"
    ],
    # Families
    "methods: {x: {encoder: vgg16}}": [f"methods.x: {HOW}"],
    "methods: {x: {family: unett}}": [f"methods.x.family: 'unett' is not one of: {ALL_FAMILIES}"],
    "methods: {x: {family: [unet]}}": [f"methods.x.family: a list is not one of: {ALL_FAMILIES}"],
    "methods: {x: {family: unet}}": ["methods.x: network is missing"],
    "methods: {x: {family: classical}}": ["methods.x: algorithm is missing"],
    "networks: {x: {family: classical}}": [
        f"networks.x.family: 'classical' is not one of: {FAMILIES_THAT_TRAIN}"
    ],
    "networks: {x: {encoder: vgg16}}": [
        f"networks.x: family is missing; choose one of {FAMILIES_THAT_TRAIN}"
    ],
    "networks: {x: {family: {unet: 1}}}\nmethods: {x: {network: x}}": [
        f"networks.x.family: a section is not one of: {FAMILIES_THAT_TRAIN}"
    ],
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:70])
def test_what_is_wrong_is_said_with_place_and_remedy(text):
    assert problems(text) == WRONG[text]


@pytest.mark.parametrize("text", [text for text in WRONG if "; write networks" in WRONG[text][0]])
def test_the_advice_for_a_network_is_right(text):
    advice = WRONG[text][0].split("; write ")[1]
    read("methods: {unet_ensemble: {networks: [unet_vgg16]}}", advice)


@pytest.mark.parametrize("text", [text for text in WRONG if "; write methods" in WRONG[text][0]])
def test_the_advice_for_a_method_is_right(text):
    read(UNET, WRONG[text][0].split("; write ")[1])
