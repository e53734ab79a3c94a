"""The schema and the manual of the configuration, which are made from the classes of settings."""

import copy
import difflib
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from nucleibench.errors import ConfigurationError
from nucleibench.experiment.__main__ import lay_over
from nucleibench.experiment.reading import read_configuration
from nucleibench.experiment.schema import build_schema
from nucleibench.experiment.write import COMMAND, make_documents
from nucleibench.families.registry import own_families

ROOT = Path(__file__).parents[2]
PAPER = yaml.safe_load((ROOT / "config.yaml").read_text())
DOCUMENTS = make_documents()
SCHEMA = yaml.safe_load(DOCUMENTS["schemas/config.schema.yaml"])
SHIPPED = [ROOT / "config.yaml", *sorted((ROOT / "config").glob("*.yaml"))]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_what_its_classes_make(name):
    written, made = (ROOT / name).read_text(), DOCUMENTS[name]
    lines = written.splitlines(), made.splitlines()
    difference = "\n".join(difflib.unified_diff(*lines, name, "made", lineterm=""))
    assert written == made, f"write it anew with `{COMMAND}`:\n{difference}"


def test_the_file_is_the_schema_itself():
    assert build_schema(own_families()) == SCHEMA


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_configuration_names_the_schema_for_editors():
    line = (ROOT / "config.yaml").read_text().splitlines()[0]
    path = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", line)[1]
    assert yaml.safe_load((ROOT / path).read_text()) == SCHEMA


def sections():
    yield "top level", SCHEMA
    yield from SCHEMA["$defs"].items()


@pytest.mark.parametrize(("name", "section"), list(sections()), ids=lambda part: str(part)[:30])
def test_every_section_and_key_is_described(name, section):
    assert section["description"]
    for key, part in section["properties"].items():
        described = part if "description" in part else definition(part["$ref"])
        assert described["description"].strip(), f"{name}: {key} has no description"


def definition(reference):
    return SCHEMA["$defs"][reference.removeprefix("#/$defs/")]


def test_every_key_is_in_the_manual():
    manual = DOCUMENTS["docs/configuration.md"]
    for name, section in sections():
        text = manual.split(f"\n## {section['title'] if name != 'top level' else 'Top level'}\n")[1]
        rows = text.split("\n## ")[0]
        assert name in ("network", "method") or all(
            f"| `{k}` |" in rows for k in section["properties"]
        )


def test_links_in_the_manual_lead_to_its_headings():
    manual = DOCUMENTS["docs/configuration.md"]
    headings = re.findall(r"^## (.+)$", manual, re.MULTILINE)
    anchors = {heading.lower().replace(" ", "-") for heading in headings}
    assert len(anchors) == len(headings)
    assert set(re.findall(r"\]\(#([^)]+)\)", manual)) <= anchors


def shipped(path):
    """Return a shipped configuration, laid over those that its first line says it changes."""
    changes = re.match(r"# Changes to (config/\w+\.yaml)", path.read_text())
    base = shipped(ROOT / changes[1]) if changes else PAPER
    return lay_over(base, yaml.safe_load(path.read_text()))


def problems(config):
    """Return what an independent reader of the schema finds wrong with a configuration."""
    return [error.message for error in Draft202012Validator(SCHEMA).iter_errors(config)]


def shown():
    """Yield the configurations that pages show, but for those of things that are yet to add.

    Files that a page names (`# train.yaml`) are laid over each other.
    """
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        if page.name != "extend.md":
            base: dict = {}
            for text in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.M | re.S):
                named = re.match(r"# \w+\.yaml\n", text)
                changes = lay_over(base, yaml.safe_load(text)) if named else yaml.safe_load(text)
                base = changes if named else base
                yield pytest.param(changes, id=f"{page.name}: {text[:20]}")


@pytest.mark.parametrize("changes", list(shown()))
def test_configurations_in_the_pages_are_right(changes):
    assert problems(lay_over(PAPER, changes)) == []
    read_configuration(lay_over(PAPER, changes), own_families())


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_schema_and_the_reader_accept_every_shipped_configuration(path):
    assert problems(shipped(path)) == []
    assert read_configuration(shipped(path), own_families()).compare


def test_the_schema_and_the_reader_accept_what_leaves_entries_out():
    archives = {"archives": {"test": None}}
    config = lay_over(PAPER, {"datasets": {"tnbc": None, "monuseg": archives}})
    config = lay_over(config, {"methods": {"imagej": None}, "pathvars": {"logs": "elsewhere"}})
    assert problems(config) == []
    assert list(read_configuration(config, own_families()).datasets) == ["monuseg"]


def at(*keys, **changes):
    """Return the paper's experiment with changes to the section that the keys lead to."""
    for key in reversed(keys):
        changes = {key: changes}
    return lay_over(PAPER, changes)


def without(key):
    return {name: value for name, value in PAPER.items() if name != key}


def network(**settings):
    return at("networks", "x", **settings)


def method(**settings):
    return at("methods", "x", **settings)


def algorithm(name, **settings):
    return method(family="classical", algorithm=name, settings=settings)


WRONG = {
    "an unknown section": at(tils={}),
    "no results": without("results"),
    "no methods": without("methods"),
    "no row": at(compare=[]),
    "a list in place of a section": at(tiles=[256]),
    "text in place of a number": at("training", learning_rate="1e-4"),
    "a fraction in place of a whole number": at("training", max_epochs=1.5),
    "too little": at("training", max_epochs=0),
    "too much": at("validation", fraction=1),
    "no multiple of 32": at("tiles", size=100),
    "an unknown engine": at("normalization", engine="vahadana"),
    "a file name in place of a name": at("datasets", **{"a/b": PAPER["datasets"]["tnbc"]}),
    "an unknown format": at("datasets", "tnbc", format="png"),
    "an archive without a source": at("datasets", "tnbc", "archives", x={"md5": "0" * 32}),
    "a checksum of another length": at("datasets", "tnbc", "archives", "all", sha256="0"),
    "a network without a family": network(encoder="vgg16"),
    "a network of a family that trains nothing": network(family="classical"),
    "a U-Net without an encoder": network(family="unet"),
    "an unknown encoder": network(family="unet", encoder="vgg61"),
    "weights of another kind": network(family="unet", encoder="vgg16", encoder_weights="coco"),
    "a key of another family": network(family="unet", encoder="vgg16", coco_weights=True),
    "an unknown key of the training": network(
        family="unet", encoder="vgg16", training={"lerning_rate": 1}
    ),
    "a setting of a method": network(family="unet", encoder="vgg16", separation="watershed"),
    "three stages in place of four": network(family="mask_rcnn", size={"blocks": [1, 1, 1]}),
    "no first stage": network(family="gb_unet", stage_one=[]),
    "a method of nothing": method(name="X"),
    "a method of an unknown family": method(family="unett", network="unet_vgg16"),
    "a setting of a network": method(network="unet_vgg16", encoder="vgg16"),
    "a setting of another family's methods": method(
        family="unet", network="unet_vgg16", scores=[0.5]
    ),
    "nine turns": method(network="unet_vgg16", turns=9),
    "an ensemble of none": method(networks=[]),
    "an unknown algorithm": algorithm("otus"),
    "a setting of another algorithm": algorithm("otsu", sigma=1),
    "a filter that is too wide": algorithm("fiji", sigma=9),
    "a method of the first form": method(kind="unet", encoder="vgg16"),
}


@pytest.mark.parametrize("config", WRONG.values(), ids=WRONG)
def test_the_schema_refuses_what_the_reader_refuses(config):
    assert problems(config)
    with pytest.raises(ConfigurationError):
        read_configuration(copy.deepcopy(config), own_families())
