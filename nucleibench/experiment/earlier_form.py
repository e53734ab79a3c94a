"""Configurations of the first form, in which a method was both a network and a row."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from nucleibench.experiment.messages import join
from nucleibench.experiment.plain import Plain
from nucleibench.experiment.yaml_text import write_block, write_line
from nucleibench.families.interface import Family

RENAMED = {
    (): {"threshold": "candidates"},
    ("threshold",): {"probabilities": "thresholds"},
    ("candidates",): {"probabilities": "thresholds"},
    ("normalization",): {"target": "reference"},
    ("networks", "*"): {"kind": "family", "network": "size", "seed": "seeds"},
    ("networks", "*", "variation"): {"turns": "rotate_flip"},
    ("networks", "*", "descent"): {"flips": "rotate_flip"},
}
"""Section -> its keys of the first form, and what they are called now."""


def describe_earlier_form(config: Plain, families: Mapping[str, Family]) -> Iterator[str]:
    """Yield the present spelling of what is written in the first form."""
    yield from _describe_renamed(config)
    methods = config["methods"]
    for name, section in methods.items():
        if _is_earlier(section):
            present = write_block(_convert(name, section, methods, families))
            yield (
                f"methods.{name}: networks and methods are two sections now. Write\n"
                + textwrap.indent(present, " " * 6)
            )


def rename(value: Any, *keys: str) -> Any:
    """Return plain values, which stand where the keys lead, with each key as it is called now."""
    if isinstance(value, Mapping):
        return {_rename(key, value, keys): rename(value[key], *keys, key) for key in value}
    if keys[:1] == ("networks",) and keys[2:] == ("seed",):
        return [] if value is None else [value]
    return value


def nest(value: Any, *keys: str) -> Any:
    """Return sections in which the keys lead to a value."""
    for key in reversed(keys):
        value = {key: value}
    return value


def _rename(key: str, section: Plain, keys: tuple[str, ...]) -> str:
    """Return what a key is called now in the section where the keys lead."""
    if key == "network" and not isinstance(section[key], Mapping):
        return key  # the name of one
    pattern = (keys[0], "*", *keys[2:]) if len(keys) > 1 else keys
    return RENAMED.get(pattern, {}).get(key, key)


def _describe_renamed(section: Any, *keys: str) -> Iterator[str]:
    for key in section if isinstance(section, Mapping) else ():
        if (present := _rename(key, section, keys)) != key:
            written = write_line(nest(rename({key: section[key]}, *keys), *keys))
            yield f"{join(*keys)}: {key} is now {present}; write {written}"
        else:
            yield from _describe_renamed(section[key], *keys, key)


def _is_earlier(method: Plain) -> bool:
    earlier_network = isinstance(method.get("network"), Mapping)
    return earlier_network or not {"kind", "members", "seed"}.isdisjoint(method)


def _convert(name: str, method: Plain, methods: Plain, families: Mapping[str, Family]) -> Plain:
    """Return a method of the first form as sections of the present one."""
    others = {k: v for k, v in method.items() if k not in ("kind", "members", "network")}
    if method.get("kind") == "classical":
        return nest({"family": "classical", **others}, "methods", name)
    if method.get("kind") == "ensemble" or "members" in method:
        return nest({**others, **_convert_members(method, methods)}, "methods", name)
    return _split(name, method, families)


def _split(name: str, method: Plain, families: Mapping[str, Family]) -> Plain:
    """Return a method that was a network too as a network and a method."""
    of_networks = {key for f in families.values() if f.network for key in f.network.model_fields}
    row = rename(method, "networks", name)
    network = row.pop("network", name)
    section = {key: row.pop(key) for key in list(row) if key in of_networks}
    return {"networks": {network: section}, "methods": {name: {"network": network, **row}}}


def _convert_members(method: Plain, methods: Plain) -> dict[str, Any]:
    """Return the networks of an ensemble of methods, and the turns of their tiles."""
    members = method.get("members", method.get("networks"))
    members = list(map(str, members)) if isinstance(members, list) else [str(members)]
    networks = list(dict.fromkeys(_networks_of(members, methods)))
    turns = [methods.get(member, {}).get("turns", 1) for member in members]
    several = [count for count in turns if isinstance(count, int) and count > 1]
    # Where the method to change has one network in the present form, one takes its place.
    alone = len(networks) == 1 and "network" in method
    used = {"network": networks[0]} if alone else {"networks": networks}
    return used | ({"turns": max(several)} if several else {})


def _networks_of(members: list[str], methods: Plain, above: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the networks of methods, through ensembles of ensembles."""
    for member in members:
        section = methods.get(member, {})
        inner = section.get("members", section.get("networks"))
        network = section.get("network")
        if isinstance(inner, list) and member not in above:
            yield from _networks_of(list(map(str, inner)), methods, (*above, member))
        else:
            yield network if isinstance(network, str) else member
