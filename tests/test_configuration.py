import copy
import re
from pathlib import Path

import pytest
import yaml

from nucleibench.configuration import SCHEMA, complete, complete_method, training_settings
from nucleibench.errors import ConfigurationError

ROOT = Path(__file__).parents[1]
PAPER = yaml.safe_load((ROOT / "config.yaml").read_text())
SCHEMA_CONTENT = yaml.safe_load(SCHEMA.read_text())


def changed(**changes):
    return {**copy.deepcopy(PAPER), **changes}


def with_method(name, **settings):
    config = changed()
    config["methods"][name] = settings
    return config


def overlaid(config, changes):
    """Merge as Snakemake does with several configuration files."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            overlaid(config[key], value)
        else:
            config[key] = value
    return config


def shipped(path):
    """Return a shipped configuration, laid over those that its first line says it changes."""
    changes = re.match(r"# Changes to (config/\w+.yaml)", path.read_text())
    base = shipped(ROOT / changes[1]) if changes else changed()
    return overlaid(base, yaml.safe_load(path.read_text()))


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.yaml")), ids=lambda p: p.name)
def test_shipped_configurations_are_valid(path):
    complete(shipped(path))


def test_the_papers_experiment_in_numbers():
    config = complete(PAPER)
    assert config["tiles"] == {"size": 256, "overlap": 0.1, "variants": 12}
    assert config["weight_map"] == {"w0": 10, "sigma": 5}
    assert config["validation"]["fraction"] == 0.2
    assert config["inference"]["overlap"] == 0.5
    assert training_settings(config, "unet_vgg16")["learning_rate"] == 1e-4
    assert training_settings(config, "mask_rcnn")["learning_rate"] == 1e-3
    assert config["methods"]["mask_rcnn"]["descent"]["momentum"] == 0.9
    assert config["methods"]["mask_rcnn"]["descent"]["weight_decay"] == 1e-4


def test_every_method_of_table_2_is_compared():
    from nucleibench.report.paper import paper_table2

    assert set(paper_table2("monuseg").index) <= set(PAPER["compare"])


def test_completing_leaves_the_given_configuration_alone():
    config = changed()
    complete(config)
    assert config == PAPER


def test_no_setting_merely_repeats_a_default():
    """A default has one home, the schema; config.yaml says what the experiment decides."""
    without = {key for key, value in SCHEMA_CONTENT["properties"].items() if "default" in value}
    repeated = {k for k in without & set(PAPER) if k not in ("seed", "test_organ", "training")}
    assert repeated == set()


def subschemas(schema, path=""):
    for key, value in schema.get("properties", {}).items():
        yield f"{path}.{key}", value
        yield from subschemas(value, f"{path}.{key}")


@pytest.mark.parametrize("name", ["", *SCHEMA_CONTENT["$defs"]])
def test_every_key_is_described(name):
    schema = SCHEMA_CONTENT["$defs"][name] if name else SCHEMA_CONTENT
    for path, value in subschemas(schema):
        if name != "training_changes" and not path.endswith((".kind", ".training")):
            described = "description" in value or "$ref" in value
            assert described, f"{name}{path} has no description"


def test_a_methods_own_training_can_change_every_common_key():
    common, own = (
        SCHEMA_CONTENT["$defs"][n]["properties"] for n in ("training", "training_changes")
    )
    assert set(common) == set(own)
    for key, schema in own.items():
        bounds = {k: v for k, v in common[key].items() if k not in ("default", "description")}
        assert schema == bounds, key


def test_a_methods_training_overrides_single_keys():
    config = with_method("x", kind="unet", encoder="vgg16", training={"batch_size": 16})
    settings = training_settings(complete(config), "x")
    assert settings["batch_size"] == 16
    assert settings["patience"] == 10


def test_a_classical_method_gets_the_settings_of_its_algorithm():
    given = {"kind": "classical", "algorithm": "fiji", "settings": {"sigma": 2}}
    expected = {"sigma": 2, "threshold": "Li", "minimum_size": 100}
    assert complete(with_method("x", **given))["methods"]["x"]["settings"] == expected
    assert complete_method(given) == {**given, "settings": expected}


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (
            with_method("x", kind="unet", encoder="vgg61"),
            r"methods.x.encoder: 'vgg61' is not one of: vgg16, vgg19, resnet50",
        ),
        (
            with_method("x", kind="classical", algorithm="otsu", settings={"sigma": 1}),
            r"methods.x.settings: unknown key sigma; allowed are: minimum_size",
        ),
        (
            with_method("x", kind="unet", encoder="vgg16", training={"lerning_rate": 1}),
            r"methods.x.training: unknown key lerning_rate \(did you mean learning_rate\?\); "
            r"allowed are: backend, precision",
        ),
        (changed(tils={}), r"top level: unknown key tils \(did you mean tiles\?\)"),
        (with_method("x", kind="unett"), r"methods.x.kind: 'unett' is not one of: classical, unet"),
        (with_method("x", kind="unet"), "methods.x: 'encoder' is a required property"),
        (changed(tiles={"size": 100}), "tiles.size: 100 is not a multiple of 32"),
        (changed(compare=["otus"]), "compare: 'otus' is not defined; known: otsu, watershed"),
        (changed(training_dataset="monusac"), "training_dataset: 'monusac' is not defined"),
        (
            with_method("x", kind="ensemble", members=["unet_vgg91"]),
            "methods.x.members: 'unet_vgg91' is not defined",
        ),
        (
            with_method("x", kind="gb_unet", stage_one=["otsu"]),
            "methods.x.stage_one: otsu is not a unet with target nucleus",
        ),
        (
            with_method("x", kind="unet", encoder="compact", separation="distance"),
            "methods.x.separation: distance needs a network with that target, and this one's",
        ),
        (
            with_method("x", kind="ensemble", members=["unet_vgg16"], separation="boundary"),
            "methods.x.separation: boundary needs a network with that target, and this one's",
        ),
        (
            with_method("x", kind="unet", encoder="vgg16", target="horizontal_vertical", turns=4),
            "methods.x.turns: maps of the target horizontal_vertical have directions",
        ),
        (
            with_method("x", kind="mask_rcnn", training={"schedule": "cosine"}),
            "methods.x.training.schedule: Mask R-CNN takes constant alone",
        ),
        (
            with_method("x", kind="ensemble", members=["otsu"]),
            "methods.x.members: otsu has no probability maps to average",
        ),
        (
            with_method("x", kind="ensemble", members=["x"]),
            "methods.x.members: an ensemble of itself: x of x",
        ),
        (
            with_method("a/b", kind="ensemble", members=["unet_vgg16"]),
            r"methods: 'a/b' does not match .* \(A name becomes part of file names",
        ),
        (changed(figure_3_methods=["unet_vgg61"]), "figure_3_methods: 'unet_vgg61' is not defined"),
        (changed(training_dataset="tnbc"), "tnbc is of the format tnbc, all of whose images test"),
        (changed(training={"learning_rate": "1e-4"}), r"'1e-4' is not .* YAML; write 0\.0001$"),
        (
            with_method("x", kind="mask_rcnn", scores=[0.05, 0.5]),
            r"methods.x.scores: 0.05 is less than detection.min_score \(0.1\)",
        ),
        (
            with_method("x", kind="mask_rcnn", detection={"max_iou": 0.4}),
            r"methods.x.max_ious: 0.5 is more than detection.max_iou \(0.4\)",
        ),
        (changed(training={"max_epochs": 0}), "training.max_epochs: 0 is less than the minimum"),
    ],
)
def test_wrong_configurations_say_what_where_and_what_is_allowed(config, message):
    with pytest.raises(ConfigurationError, match=message):
        complete(config)


def test_all_problems_are_told_at_once():
    config = with_method("x", kind="unet", encoder="vgg61")
    config["tils"] = {}
    with pytest.raises(ConfigurationError) as error:
        complete(config)
    assert "tils" in str(error.value)
    assert "vgg61" in str(error.value)


def test_ensembles_in_a_circle_are_refused():
    config = with_method("x", kind="ensemble", members=["unet_vgg16", "y"])
    config["methods"]["y"] = {"kind": "ensemble", "members": ["x"]}
    with pytest.raises(ConfigurationError, match="an ensemble of itself: x of y of x"):
        complete(config)


def test_maps_of_different_targets_have_no_mean():
    config = with_method("x", kind="unet", encoder="compact", target="distance")
    config["methods"]["y"] = {"kind": "ensemble", "members": ["x", "unet_vgg16"]}
    with pytest.raises(ConfigurationError, match=r"y.members: .*distance, nucleus. have"):
        complete(config)


def test_an_ensemble_may_separate_by_what_its_members_learned():
    config = with_method("x", kind="unet", encoder="compact", target="distance")
    config["methods"]["y"] = {"kind": "ensemble", "members": ["x"], "separation": "distance"}
    assert complete(config)["methods"]["y"]["separation"] == "distance"
