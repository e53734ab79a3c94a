"""Settings that stand in `methods` and belong to `networks`, or the other way round."""

from collections.abc import Collection, Iterable, Mapping

from nucleibench.experiment.earlier_form import rename
from nucleibench.experiment.plain import Plain
from nucleibench.experiment.yaml_text import write_line
from nucleibench.families.interface import Method, Network


def describe_misplaced_in_network(
    name: str, section: Plain, network: type[Network], method: type[Method], users: Iterable[str]
) -> dict[str, str]:
    """Return key -> where it belongs, for the settings of methods in a network.

    Args:
        name: of the network.
        section: its plain values.
        network: the class that they are read as.
        method: the class of the methods of its family.
        users: methods that use the network.
    """
    described = {}
    for key in _keys(section, method.model_fields, network.model_fields):
        rows = {user: {key: section[key]} for user in users}
        written = {"methods": rows or {name: {"network": name, key: section[key]}}}
        described[key] = f"{key} is a setting of the section methods; write {write_line(written)}"
    return described


def describe_misplaced_in_method(
    section: Plain, method: type[Method], used: Mapping[str, type[Network]]
) -> dict[str, str]:
    """Return key -> where it belongs, for the settings of networks in a method.

    Args:
        section: plain values of the method.
        method: the class that they are read as.
        used: the networks that it uses, with their classes.
    """
    of_networks = set(Network.model_fields).union(*(found.model_fields for found in used.values()))
    described = {}
    for key in _keys(section, of_networks, method.model_fields):
        written = {
            name: rename({key: section[key]}, "networks", name)
            for name, network in used.items()
            if key in network.model_fields
        }
        remedy = "this method uses no network, so remove it"
        if written:
            remedy = f"write {write_line({'networks': written})}"
        described[key] = f"{key} is a setting of the section networks; {remedy}"
    return described


def _keys(section: Plain, elsewhere: Collection[str], here: Collection[str]) -> list[str]:
    """Return the keys of a section that are settings elsewhere and not here."""
    return [key for key in section if key in elsewhere and key not in here]
