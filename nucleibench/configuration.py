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
    return f"{where}: {error.message}"


def _describe_unknown_keys(error: jsonschema.ValidationError) -> str:
    allowed = list(error.schema["properties"])
    unknown = [key for key in error.instance if key not in allowed]
    close = [match for key in unknown for match in difflib.get_close_matches(key, allowed, 1)]
    hint = f" (did you mean {', '.join(close)}?)" if close else ""
    return f"unknown key {', '.join(unknown)}{hint}; allowed are: {', '.join(allowed)}"


def _check_references(config: Config) -> None:
    """Check what a schema cannot: that methods and datasets named elsewhere exist."""
    methods, datasets = config["methods"], config["datasets"]
    named = [("compare", name) for name in config["compare"]]
    for method, settings in methods.items():
        for key in ("members", "stage_one"):
            named += [(f"methods.{method}.{key}", name) for name in settings.get(key, [])]
    for where, name in named:
        _check_name(where, name, methods)
    for method, settings in methods.items():
        for member in settings.get("stage_one", []):
            if methods[member]["kind"] != "unet" or methods[member]["target"] != "nucleus":
                raise ConfigurationError(
                    f"methods.{method}.stage_one: {member} is not a unet with target nucleus"
                )
        _check_separation(method, methods)
        if settings["kind"] == "mask_rcnn":
            _check_detection(method, settings)
    _check_name("training_dataset", config["training_dataset"], datasets)


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
