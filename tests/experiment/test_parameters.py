"""A job runs again when its parameters change: a setting changes those of the jobs it decides."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small import SMALL, plan

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.earlier_form import nest
from nucleibench.experiment.settings import Sections
from nucleibench.families.classical.algorithms import ALGORITHMS
from nucleibench.families.registry import own_families

TRAININGS = ["a", "b", "gb", "rcnn"]
PREDICTIONS = ["a", "b_turns_4", "gb", "rcnn"]
OF_ONE_NETWORK = ["a", "a_watershed", "b", "rcnn"]
CHOSEN = [*OF_ONE_NETWORK, "gb", "both"]


def jobs(*changes):
    """Return job -> its parameters."""
    found = plan(*changes)
    asked = found.parameters
    asked.code = lambda *names: names  # which code, not what it says
    named = {
        "train": (asked.train, TRAININGS),
        "map_tiles": (asked.map_tiles, ["a"]),
        "predict": (asked.predict, PREDICTIONS),
        "choose_setting": (asked.choose_setting, CHOSEN),
        "segment": (lambda name: asked.segment(name, "mine"), ["otsu", "imagej", *CHOSEN]),
        "release": (asked.release, OF_ONE_NETWORK),
        "import_dataset": (asked.import_dataset, ["mine", "other"]),
    }
    return {
        "tile_images": asked.tiling(variants=1),
        "augment_tiles": asked.tiling(found.configuration.tiles.variants),
        "describe_networks": asked.describe(found.in_figure_1),
        **{f"{rule} {name}": ask(name) for rule, (ask, names) in named.items() for name in names},
    }


BEFORE = jobs()


def of_rule(rule):
    return {job for job in BEFORE if job.split()[0] == rule}


TILES = {"tile_images", "augment_tiles"}
TRAIN, MAP_TILES, PREDICT = of_rule("train"), {"map_tiles a"}, of_rule("predict")
CHOOSE, RELEASE, IMPORT = of_rule("choose_setting"), of_rule("release"), of_rule("import_dataset")
DESCRIBE = {"describe_networks"}
NOTHING = set()
COMPUTATION = ("backend", "precision", "execution", "threads")

# Setting, or section -> the jobs that it decides, beside those whose rule names it.
DECIDED = {
    "seed": TILES | TRAIN | MAP_TILES | PREDICT | CHOOSE,
    "test_organ": IMPORT | RELEASE,
    "container": NOTHING,
    "tensorflow_environment": NOTHING,
    "normalization": NOTHING,
    "normalization.unit": RELEASE,
    "weight_map": NOTHING,
    "tiles": TILES,
    "tiles.variants": {"augment_tiles"},
    "tiles.size": TILES | PREDICT | RELEASE | DESCRIBE,
    "augmentation": {"augment_tiles"},
    "validation": TILES | PREDICT | CHOOSE,
    "inference": PREDICT | RELEASE,
    "inference.batch_size": PREDICT | RELEASE | MAP_TILES,
    "candidates": CHOOSE,
    "training": TRAIN,
    # Mask R-CNN has its own.
    "training.learning_rate": TRAIN - {"train rcnn"},
    "training.schedule": TRAIN - {"train rcnn"},
    **{f"training.{key}": TRAIN | MAP_TILES | PREDICT for key in COMPUTATION},
    "networks.a": {"train a"},
    "networks.a.encoder": {"train a", "predict gb", "predict a"} | MAP_TILES | DESCRIBE,
    **{f"networks.a.training.{key}": {"train a", "predict a"} | MAP_TILES for key in COMPUTATION},
    "networks.b": {"train b"},
    "networks.b.encoder": {"train b", "predict b_turns_4"},
    "networks.b.colors": {"train b", "predict b_turns_4"},
    **{f"networks.b.training.{key}": {"train b", "predict b_turns_4"} for key in COMPUTATION},
    "networks.gb": {"train gb"},
    "networks.gb.filters": {"train gb", "predict gb"} | DESCRIBE,
    "networks.gb.dropout": {"train gb", "predict gb"} | DESCRIBE,
    "networks.gb.target": {"train gb", "predict gb"} | DESCRIBE,
    **{f"networks.gb.training.{key}": {"train gb", "predict gb"} for key in COMPUTATION},
    "networks.rcnn": {"train rcnn"},
    "networks.rcnn.size": {"train rcnn", "predict rcnn"},
    "networks.rcnn.detection": {"predict rcnn"},
    **{f"networks.rcnn.training.{key}": {"train rcnn", "predict rcnn"} for key in COMPUTATION},
    **{
        f"methods.{method}.{key}": NOTHING
        for method in SMALL["methods"]
        for key in ("name", "short", "group", "note")
    },
    **{f"methods.{name}": {f"choose_setting {name}", f"segment {name}"} for name in CHOSEN},
    "methods.otsu": {"segment otsu"},
    "methods.imagej": {"segment imagej"},
}


def decided(key):
    """Return the jobs that a setting decides: those of the longest key above it."""
    parts = key.split(".")
    above = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next(DECIDED[found] for found in above if found in DECIDED)


# What would make other files, or other names of them.
LEFT_OUT = "results training_dataset datasets compare figure_3_methods reference family network"
LEFT_OUT = set(f"{LEFT_OUT} slides networks stage_one release turns seeds algorithm".split())


def settings_in(place, section):
    """Yield the key and the schema of each setting of a section and of those in it."""
    schema, inner = section.model_json_schema(), section.sections({})
    for name, rules in schema["properties"].items():
        key = f"{place}.{name}".removeprefix(".")
        if name in inner and name not in LEFT_OUT:
            yield from settings_in(key, inner[name])
        elif name not in LEFT_OUT:
            yield key, rules


def all_settings():
    families = own_families()
    yield from settings_in("", Sections)
    for name, network in SMALL["networks"].items():
        yield from settings_in(f"networks.{name}", families[network["family"]].network)
        yield f"networks.{name}.seeds", {"type": "array", "items": SEED, "maxItems": 1}
    for name, family in {"a_watershed": "unet", "both": "ensemble", "rcnn": "mask_rcnn"}.items():
        yield from settings_in(f"methods.{name}", families[family].method)
    for name in ("otsu", "imagej"):
        yield from settings_in(f"methods.{name}.settings", ALGORITHMS[name])


SEED = {"type": "integer", "minimum": 0}
# Settings for which nothing else fits the rest of the small experiment.
FIXED = {
    *("networks.a.target", "networks.b.target", "networks.gb.target", "networks.a.colors"),
    *("networks.b.encoder_weights", "networks.b.freeze_encoder", "networks.rcnn.training.schedule"),
    "hold_out",  # it adds jobs: see test_folds.py
    "comparisons.rows",  # it decides tables alone: see test_experiment.py
}
SETTINGS = {key: rules for key, rules in all_settings() if key not in FIXED}


def values(rules):
    """Return a strategy of values that the rules of a setting allow."""
    if "anyOf" in rules:
        return st.one_of(map(values, rules["anyOf"]))
    if "enum" in rules or "const" in rules:
        return st.sampled_from(rules.get("enum", [rules.get("const")]))
    low, high = rules.get("minimum", rules.get("exclusiveMinimum", 0)), rules.get("maximum", 100)
    match rules["type"]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(low, high).map(lambda number: number * rules.get("multipleOf", 1))
        case "number":
            return st.floats(low, min(high, rules.get("exclusiveMaximum", high)))
        case "string":
            return st.text("ab", min_size=1)
    least, most = max(rules.get("minItems", 1), 1), rules.get("maxItems", 5)
    return st.lists(values(rules["items"]), min_size=least, max_size=most, unique=True)


def present(key):
    """Return the value of a setting before it changes."""
    found = plan().configuration
    parts = key.split(".")
    for part in parts:
        found = found[part] if isinstance(found, dict) else getattr(found, part)
    if found is None and parts[2:3] == ["training"]:
        return present(".".join(parts[2:]))
    return found


@pytest.mark.parametrize("key", SETTINGS)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_setting_changes_the_parameters_of_the_jobs_that_it_decides_and_no_others(key, data):
    before, value = present(key), data.draw(values(SETTINGS[key]))
    assume(value != (list(before) if isinstance(before, tuple) else before))
    assume(value is not None or ".training." not in key)  # as it is for all
    try:
        after = jobs(nest(value, *key.split(".")))
    except ConfigurationError:
        assume(False)
    assert after.keys() == BEFORE.keys()
    assert {job for job in after if after[job] != BEFORE[job]} == decided(key)
