"""From YAML to checked settings, or to all that is wrong."""

import copy

import pytest
from configurations import FAMILIES, PAPER, ROOT, problems, read, shipped

from nucleibench.experiment.reading import read_configuration
from nucleibench.experiment.settings import Sections
from nucleibench.report.paper import paper_table2
from nucleibench.training.settings import TrainingChanges, TrainingSettings

NETWORKS = (
    "unet_vgg16, unet_vgg19, unet_resnet50, unet_resnet101, unet_resnet152, unet_densenet121,"
    " unet_densenet201, unet_inceptionv3, mask_rcnn, gb_unet, compact_unet,"
    " compact_unet_original, lite_unet"
)
METHODS = ", ".join(PAPER["methods"])


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.name)
def test_shipped_configurations_are_right(path):
    read_configuration(shipped(path), FAMILIES)


def test_the_papers_experiment_in_numbers():
    found = read()
    assert found.tiles.plain() == {"size": 256, "overlap": 0.1, "variants": 12}
    assert found.weight_map.plain() == {"w0": 10, "sigma": 5}
    assert found.validation.fraction == 0.2
    assert found.inference.overlap == 0.5
    trainings = {n: found.training.changed(net.training) for n, net in found.networks.items()}
    assert trainings["unet_vgg16"].learning_rate == 1e-4
    assert trainings["mask_rcnn"].learning_rate == 1e-3
    assert found.networks["mask_rcnn"].descent.momentum == 0.9
    assert found.networks["mask_rcnn"].descent.weight_decay == 1e-4


def test_every_method_of_table_2_is_compared():
    assert set(paper_table2("monuseg").index) <= set(PAPER["compare"])


def test_reading_leaves_the_given_configuration_alone():
    config = copy.deepcopy(PAPER)
    read_configuration(config, FAMILIES)
    assert config == PAPER


def test_no_section_merely_repeats_a_default():
    """A default has one home, its class; config.yaml says what the experiment decides."""
    found = read()
    fields = {key: Sections.model_fields[key] for key in PAPER if key in Sections.model_fields}
    repeated = {k for k, field in fields.items() if field.default == getattr(found, k)}
    assert repeated <= {"seed", "test_organ"}


def test_a_networks_own_training_can_change_every_common_setting():
    common = TrainingSettings.model_json_schema()["properties"]
    own = TrainingChanges.model_json_schema()["properties"]
    assert set(common) == set(own)
    for key, schema in own.items():
        rules = {k: v for k, v in common[key].items() if k not in ("default", "description")}
        bounds = {k: v for k, v in schema["anyOf"][0].items() if k != "title"}
        assert {k: v for k, v in rules.items() if k != "title"} == bounds, key


def test_a_networks_training_replaces_single_settings():
    found = read("networks: {x: {family: unet, encoder: vgg16, training: {batch_size: 16}}}")
    training = found.training.changed(found.networks["x"].training)
    assert training.batch_size == 16
    assert training.patience == 10


def test_a_classical_method_has_the_settings_of_its_algorithm():
    found = read("methods: {x: {family: classical, algorithm: fiji, settings: {sigma: 2}}}")
    expected = {"sigma": 2, "threshold": "Li", "minimum_size": 100}
    assert found.methods["x"].settings.plain() == expected
    assert found.methods["x"].deciding_labels() == {"algorithm": "fiji", "settings": expected}


@pytest.mark.parametrize(
    "text",
    [
        "methods: {x: {networks: [mine], separation: distance}}",
        "methods: {x: {network: mine, separation: distance, turns: 8}}",
        "methods: {x: {networks: [mine, mine], separation: watershed}}",
        "networks: {mine: {seeds: []}}",
        "networks: {mine: {seeds: [1, 2]}}\nmethods: {x: {network: mine, seeds: [2]}}",
        "pathvars: {results: elsewhere}",
        "figure_3_methods: [compact_unet]",
        "inference: {size: null}",
        "seed: 0",
    ],
)
def test_what_is_right(text):
    read("networks: {mine: {family: unet, encoder: compact, target: distance}}", text)


def test_classical_methods_need_no_networks():
    methods = {name: PAPER["methods"][name] for name in ("otsu", "fiji")}
    config = {**PAPER, "methods": methods, "compare": ["otsu"], "figure_3_methods": ["fiji"]}
    del config["networks"]
    assert read_configuration(config, FAMILIES).networks == {}


# Left out by null

MISSING = {
    "datasets: {monuseg: null}": ["training_dataset: 'monuseg' is not defined; known: tnbc"],
    "datasets: {monuseg: {archives: {train: null, test: null}}}": [
        "datasets.monuseg.archives: needs at least 1 entry"
    ],
    "datasets: {monuseg: {archives: null}}": ["datasets.monuseg: archives is missing"],
    "datasets: null": ["top level: datasets is missing"],
    "networks: {compact_unet_original: null}": [
        "methods.compact_unets.networks: 'compact_unet_original' is not defined (did"
        " you mean compact_unet?); known: " + NETWORKS.replace(", compact_unet_original", "")
    ],
    "methods: {imagej: null}\ncompare: [imagej]": [
        f"compare: 'imagej' is not defined; known: {METHODS.replace('imagej, ', '')}"
    ],
    "methods: null": ["top level: methods is missing"],
}


@pytest.mark.parametrize("text", MISSING)
def test_what_is_null_is_left_out_and_what_needs_it_is_told(text):
    assert problems(text) == MISSING[text]


def test_without_networks_each_method_of_one_is_told():
    told = problems("networks: null")
    users = [key for key, method in PAPER["methods"].items() if "network" in method]
    assert {f"methods.{key}.network" for key in users} <= {line.split(":")[0] for line in told}
    assert all(line.endswith("is not defined; known: none") for line in told)


def test_a_dataset_or_an_archive_of_it_is_left_out():
    found = read("datasets: {tnbc: null, monuseg: {archives: {test: null}}}")
    assert list(found.datasets) == ["monuseg"]
    assert list(found.datasets["monuseg"].archives) == ["train"]


def test_a_network_and_a_method_are_left_out():
    found = read(
        "networks: {compact_unet_original: null}",
        "methods: {compact_unets: null, imagej: null}",
    )
    assert "compact_unet_original" not in found.networks
    assert not {"compact_unets", "imagej"} & set(found.methods)


def test_all_problems_are_told_at_once():
    told = problems(
        """
        tils: {}
        tiles: {size: 100, overlap: 2}
        networks: {unet_vgg16: {encoder: vgg61}, gb_unet: {dropout: 1}}
        methods: {otsu: {setings: {}}, x: {network: unet_vgg16, turns: 9}}
        """
    )
    places = [line.split(": ")[0] for line in told]
    assert places == [
        "top level",
        "tiles.size",
        "tiles.overlap",
        "networks.unet_vgg16.encoder",
        "networks.gb_unet.dropout",
        "methods.otsu",
        "methods.x.turns",
    ]


def test_wrong_names_are_told_beside_wrong_networks_and_methods():
    told = problems(
        """
        compare: [otus]
        networks: {unet_vgg16: {encoder: vgg61}, compact_unet: {seeds: [1, 1]}}
        methods: {otsu: {algorithm: otus}}
        """
    )
    places = [line.split(": ")[0] for line in told]
    assert places == [
        "networks.unet_vgg16.encoder",
        "methods.otsu.algorithm",
        "compare",
        "networks.compact_unet.seeds",
    ]


def test_a_problem_is_told_once():
    """All methods of a wrong network would say it again."""
    assert len(problems("networks: {gb_unet: {family: gb_unett}}")) == 1
    assert len(problems("networks: {gb_unet: {filters: 3}}")) == 1
