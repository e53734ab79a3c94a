"""Check a configuration against its schema and fill in the defaults that the schema holds."""

import copy
import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from jsonschema.protocols import Validator

from nucleibench.errors import ConfigurationError

SCHEMA = Path(__file__).resolve().parents[1] / "schemas" / "config.schema.yaml"

Config = dict[str, Any]


def complete(config: Config, schema_path: str | Path = SCHEMA) -> Config:
    """Return a checked copy of ``config`` with every default of the schema filled in.

    Raises:
        ConfigurationError: listing each wrong key with where it is and what is allowed there.
    """
    config = _fill(config, yaml.safe_load(Path(schema_path).read_text()))
    _check_references(config)
    return config


def complete_method(method: Config) -> Config:
    """Return a checked copy of one method's section with every default filled in.

    Raises:
        ConfigurationError: as complete does.
    """
    definitions = yaml.safe_load(SCHEMA.read_text())["$defs"]
    return _fill(method, {"$defs": definitions, "$ref": "#/$defs/method"})


def _fill(config: Config, schema: dict) -> Config:
    config = copy.deepcopy(config)
    errors = sorted(_filling_validator(schema).iter_errors(config), key=lambda e: list(e.path))
    if errors:
        problems = dict.fromkeys(_describe(error) for error in errors)
        raise ConfigurationError("the configuration is wrong:\n  " + "\n  ".join(problems))
    return config


def _filling_validator(schema: dict) -> Validator:
    base = jsonschema.Draft202012Validator
    check_properties = base.VALIDATORS["properties"]

    def fill(validator: Validator, properties: dict, instance: Any, schema: dict) -> Iterator:
        if isinstance(instance, dict):
            for key, subschema in properties.items():
                if "default" in subschema:
                    instance.setdefault(key, copy.deepcopy(subschema["default"]))
        yield from check_properties(validator, properties, instance, schema)

    return jsonschema.validators.extend(base, {"properties": fill})(schema)


def _describe(error: jsonschema.ValidationError) -> str:
    where = ".".join(map(str, error.absolute_path)) or "top level"
    if error.validator == "additionalProperties":
        return f"{where}: {_describe_unknown_keys(error)}"
    if error.validator == "enum":
        allowed = ", ".join(map(str, error.validator_value))
        return f"{where}: {error.instance!r} is not one of: {allowed}"
    if error.validator == "pattern":
        return f"{where}: {error.message} ({error.schema['description']})"
    return f"{where}: {error.message}{_number_hint(error)}"


def _number_hint(error: jsonschema.ValidationError) -> str:
    """Return how to write a number that YAML took for text, as it does 1e-4."""
    if error.validator != "type" or not isinstance(error.instance, str):
        return ""
    try:
        digits = f"{float(error.instance):.15f}".rstrip("0").rstrip(".")
    except ValueError:
        return ""
    return f" but a text to YAML; write {digits}"


def _describe_unknown_keys(error: jsonschema.ValidationError) -> str:
    allowed = list(error.schema["properties"])
    unknown = [key for key in error.instance if key not in allowed]
    close = [match for key in unknown for match in difflib.get_close_matches(key, allowed, 1)]
    hint = f" (did you mean {', '.join(close)}?)" if close else ""
    return f"unknown key {', '.join(unknown)}{hint}; allowed are: {', '.join(allowed)}"


def _check_references(config: Config) -> None:
    """Check what a schema cannot: that methods and datasets named elsewhere exist and fit."""
    methods, datasets = config["methods"], config["datasets"]
    named = [(key, name) for key in ("compare", "figure_3_methods") for name in config[key]]
    for method, settings in methods.items():
        for key in ("members", "stage_one"):
            named += [(f"methods.{method}.{key}", name) for name in settings.get(key, [])]
    for where, name in named:
        _check_name(where, name, methods)
    for method in methods:
        _check_members(method, methods)
        _check_stage_one(method, methods)
        _check_separation(method, methods)
        _check_turns(method, methods[method])
        if methods[method]["kind"] == "mask_rcnn":
            _check_detection(method, methods[method])
            _check_schedule(method, config)
    _check_training_dataset(config["training_dataset"], datasets)


def _check_training_dataset(name: str, datasets: Config) -> None:
    _check_name("training_dataset", name, datasets)
    if datasets[name]["format"] == "tnbc":
        raise ConfigurationError(
            f"training_dataset: {name} is of the format tnbc, all of whose images test; "
            "choose a dataset of the format monuseg"
        )


def _check_members(method: str, methods: Config, above: tuple[str, ...] = ()) -> None:
    """Check that an ensemble is made of maps in the end, and not of itself."""
    if method in above:
        circle = " of ".join([*above[above.index(method) :], method])
        raise ConfigurationError(f"methods.{method}.members: an ensemble of itself: {circle}")
    for member in methods[method].get("members", []):
        if methods[member]["kind"] not in ("unet", "gb_unet", "ensemble"):
            raise ConfigurationError(
                f"methods.{method}.members: {member} has no probability maps to average; "
                "choose methods of the kinds unet, gb_unet and ensemble"
            )
        _check_members(member, methods, (*above, method))


def _check_stage_one(method: str, methods: Config) -> None:
    for member in methods[method].get("stage_one", []):
        if methods[member]["kind"] != "unet" or methods[member]["target"] != "nucleus":
            raise ConfigurationError(
                f"methods.{method}.stage_one: {member} is not a unet with target nucleus"
            )


def _check_separation(method: str, methods: Config) -> None:
    """Check that maps which separate nuclei were learned, by all members of an ensemble alike."""
    targets, separation = _targets(method, methods), methods[method].get("separation")
    if len(targets) > 1:
        raise ConfigurationError(
            f"methods.{method}.members: maps of different targets ({', '.join(sorted(targets))})"
            " have no mean"
        )
    if targets and separation not in {"none", "watershed", *targets}:
        raise ConfigurationError(
            f"methods.{method}.separation: {separation} needs a network with that target, and"
            f" this one's is {', '.join(targets)}"
        )


def _check_turns(method: str, settings: Config) -> None:
    if settings.get("turns", 1) > 1 and settings["target"] == "horizontal_vertical":
        raise ConfigurationError(
            f"methods.{method}.turns: maps of the target horizontal_vertical have directions and"
            " no mean over turned tiles; leave turns at 1"
        )


def _check_schedule(method: str, config: Config) -> None:
    if training_settings(config, method)["schedule"] != "constant":
        raise ConfigurationError(
            f"methods.{method}.training.schedule: Mask R-CNN takes constant alone; its learning"
            " rate falls after descent.drop_epochs"
        )


def _check_detection(method: str, settings: Config) -> None:
    """Check that detection keeps all that validation images choose from."""
    detection = settings["detection"]
    if (lowest := min(settings["scores"])) < detection["min_score"]:
        raise ConfigurationError(
            f"methods.{method}.scores: {lowest} is less than detection.min_score"
            f" ({detection['min_score']}), below which nothing is kept to choose from"
        )
    if (highest := max(settings["max_ious"])) > detection["max_iou"]:
        raise ConfigurationError(
            f"methods.{method}.max_ious: {highest} is more than detection.max_iou"
            f" ({detection['max_iou']}), above which nothing is kept to choose from"
        )


def _targets(method: str, methods: Config) -> set[str]:
    """Return what a method's networks learned."""
    settings = methods[method]
    own = {settings["target"]} if "target" in settings else set()
    return own.union(*(_targets(member, methods) for member in settings.get("members", [])))


def _check_name(where: str, name: str, known: dict) -> None:
    if name not in known:
        raise ConfigurationError(f"{where}: {name!r} is not defined; known: {', '.join(known)}")


def training_settings(config: Config, method: str) -> Config:
    """Return how a method is trained: the common settings, changed by the method's own."""
    return config["training"] | config["methods"][method]["training"]
