"""Names of nothing, names of two things, and what does not fit beside each other."""

import pytest
from configurations import PAPER, problems

NETWORKS = (
    "unet_vgg16, unet_vgg19, unet_resnet50, unet_resnet101, unet_resnet152, unet_densenet121,"
    " unet_densenet201, unet_inceptionv3, mask_rcnn, gb_unet, compact_unet,"
    " compact_unet_original, lite_unet"
)
METHODS = ", ".join(PAPER["methods"])
NAME_RULE = "a name becomes part of file names; it has letters, digits, _, - and points"
UNET = "networks: {x: {family: unet, encoder: compact}}\n"

WRONG = {
    # Names
    "compare: [otus]": [f"compare: 'otus' is not defined (did you mean otsu?); known: {METHODS}"],
    "compare: [otsu, fiji, otsu]": ["compare: otsu stands there twice; name it once"],
    "figure_3_methods: [nothing]": [
        f"figure_3_methods: 'nothing' is not defined; known: {METHODS}"
    ],
    "compare: [otsu, fiji]\ncomparisons: {reference: watershed, rows: [fji, otsu, otsu]}": [
        "comparisons.reference: 'watershed' is not defined; known: otsu, fiji",
        "comparisons.rows: 'fji' is not defined (did you mean fiji?); known: otsu, fiji",
        "comparisons.rows: otsu stands there twice; name it once",
    ],
    "comparisons: {reference: otsu, rows: [otsu]}": [
        "comparisons.rows: one method is compared with nothing; name another one"
    ],
    "training_dataset: monusac": [
        "training_dataset: 'monusac' is not defined (did you mean monuseg?); known: monuseg, tnbc"
    ],
    "methods: {x: {network: otsu}}": [
        f"methods.x.network: 'otsu' is not defined; known: {NETWORKS}"
    ],
    "methods: {x: {network: [unet_vgg16]}}": ["methods.x.network: a list is not text"],
    "methods: {x: {networks: [unet_vgg91, unet_vgg16]}}": [
        "methods.x.networks: 'unet_vgg91' is not defined (did you mean unet_vgg19?);"
        f" known: {NETWORKS}"
    ],
    "networks: {gb_unet: {stage_one: [otsu]}}": [
        f"networks.gb_unet.stage_one: 'otsu' is not defined; known: {NETWORKS}"
    ],
    'networks: {"a b": {family: unet, encoder: vgg16}}': [
        f"networks: 'a b' is not a name: {NAME_RULE}"
    ],
    "methods: {a/b: {network: unet_vgg16}}": [f"methods: 'a/b' is not a name: {NAME_RULE}"],
    "datasets: {-a: {format: tnbc, archives: {all: {path: x}}}}": [
        f"datasets: '-a' is not a name: {NAME_RULE}"
    ],
    "datasets: {a: {format: tnbc, archives: {.b: {path: x}}}}": [
        f"datasets.a.archives: '.b' is not a name: {NAME_RULE}"
    ],
    "datasets: {tnbc: {archives: {more_all: {path: x}}}, tnbc_more: {format: tnbc, archives:"
    " {all: {path: y}}}}": [
        "datasets.tnbc.archives.more_all: its file would be named as one of the dataset tnbc_more;"
        " rename it"
    ],
    # Seeds
    "networks: {unet_vgg16: {seeds: [1, 2, 1]}}": [
        "networks.unet_vgg16.seeds: 1 stands there twice; name it once"
    ],
    "methods: {x: {network: unet_vgg16, seeds: [3]}}": [
        "methods.x.seeds: unet_vgg16 is not trained from 3, but from 2021"
    ],
    "networks: {unet_vgg16: {seeds: [1, 2]}}\n"
    "methods: {x: {networks: [unet_vgg16, unet_vgg19], seeds: [2]}}": [
        "methods.x.seeds: unet_vgg19 is not trained from 2, but from 2021"
    ],
    "networks: {unet_vgg16: {seeds: [1, 2]}, unet_vgg16_seed_1: {family: unet, encoder: vgg16}}": [
        "networks: files of unet_vgg16 and of unet_vgg16_seed_1 would both be named"
        " unet_vgg16_seed_1; rename one"
    ],
    "networks: {unet_vgg16: {seeds: [1, 2]}}\n"
    "methods: {unet_vgg16_seed_2: {network: unet_vgg19}}": [
        "methods: files of unet_vgg16 and of unet_vgg16_seed_2 would both be named"
        " unet_vgg16_seed_2; rename one"
    ],
    "networks: {unet_vgg16_turns_4: {family: unet, encoder: vgg16}}\n"
    "methods: {unet_vgg16: {turns: 4}, x: {network: unet_vgg16_turns_4}}": [
        "networks: files of unet_vgg16 and of unet_vgg16_turns_4 would both be named"
        " unet_vgg16_turns_4; rename one"
    ],
    # Networks and methods beside each other
    "networks: {gb_unet: {stage_one: [gb_unet]}}": [
        "networks.gb_unet.stage_one: gb_unet is not a network of the family unet with target"
        " nucleus"
    ],
    "networks: {gb_unet: {stage_one: [compact_unet]}}": [
        "networks.gb_unet.stage_one: compact_unet is not a network of the family unet with target"
        " nucleus"
    ],
    "networks: {unet_vgg19: {colors: original}}": [
        "networks.gb_unet.stage_one: unet_vgg19 sees original colors, and this network normalized"
        " ones"
    ],
    "networks: {compact_unet: {encoder_weights: imagenet}}": [
        "networks.compact_unet.encoder: compact has no pretrained weights and none to freeze"
    ],
    "networks: {mask_rcnn: {training: {schedule: cosine}}}": [
        "networks.mask_rcnn.training.schedule: Mask R-CNN takes constant alone; its learning rate"
        " falls after descent.drop_epochs"
    ],
    "networks: {compact_unet: {release: a, training: {learning_rate: 1}}}": [
        "networks.compact_unet.training: this network is not trained: it is the release a;"
        " remove training"
    ],
    "networks: {compact_unet: {release: a, seeds: [1]}}": [
        "networks.compact_unet.seeds: this network is not trained: it is the release a;"
        " remove seeds"
    ],
    "methods: {unet_vgg16: {separation: distance}}": [
        "methods.unet_vgg16.separation: distance needs a network with that target, and this one's"
        " is nucleus"
    ],
    "methods: {unet_ensemble: {separation: boundary}}": [
        "methods.unet_ensemble.separation: boundary needs a network with that target, and this"
        " one's is nucleus"
    ],
    UNET.replace("compact", "vgg16, target: horizontal_vertical")
    + "methods: {x: {network: x, turns: 4}}": [
        "methods.x.turns: maps of the target horizontal_vertical have directions and no mean over"
        " turned tiles; leave turns at 1"
    ],
    UNET.replace("compact", "compact, target: distance")
    + "methods: {y: {networks: [x, unet_vgg16]}}": [
        "methods.y.networks: maps of different targets (distance, nucleus) have no mean"
    ],
    "methods: {x: {networks: [mask_rcnn]}}": [
        "methods.x.networks: these networks have no maps of probability"
    ],
    "methods: {x: {family: mask_rcnn, network: unet_vgg16}}": [
        "methods.x.network: unet_vgg16 is not a network of the family mask_rcnn"
    ],
    "methods: {mask_rcnn: {scores: [0.05, 0.5]}}": [
        "methods.mask_rcnn.scores: 0.05 is less than detection.min_score (0.1), below which nothing"
        " is kept to choose from"
    ],
    "networks: {mask_rcnn: {detection: {max_iou: 0.4}}}": [
        "methods.mask_rcnn.max_ious: 0.5 is more than detection.max_iou (0.4), above which nothing"
        " is kept to choose from"
    ],
    "datasets: {tnbc: {archives: {all: {url: null}}}}": [
        "datasets.tnbc.archives.all: no source of the archive; give one of path, synthetic, url,"
        " google_drive"
    ],
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:70])
def test_what_is_wrong_is_said_with_place_and_remedy(text):
    assert problems(text) == WRONG[text]


def test_an_ensemble_is_made_of_networks():
    """Not of methods, so that none can be an ensemble of itself."""
    told = problems("methods: {x: {networks: [unet_vgg16, y]}, y: {networks: [x]}}")
    assert [line.split(";")[0] for line in told] == [
        "methods.x.networks: 'y' is not defined",
        "methods.y.networks: 'x' is not defined",
    ]
