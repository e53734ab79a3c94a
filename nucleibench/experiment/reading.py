"""From the plain values of a configuration to checked settings, or to all that is wrong with it."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from nucleibench.experiment.earlier_form import describe_earlier_form
from nucleibench.experiment.messages import (
    describe_errors,
    describe_undefined,
    describe_unknown_key,
    raise_for,
)
from nucleibench.experiment.misplaced import (
    describe_misplaced_in_method,
    describe_misplaced_in_network,
)
from nucleibench.experiment.plain import Plain, take_plain
from nucleibench.experiment.references import check_references
from nucleibench.experiment.settings import Configuration, Sections
from nucleibench.experiment.yaml_text import name_value
from nucleibench.families.interface import Family, Method, Network
from nucleibench.registry import Registry
from nucleibench.settings import Settings

Entry = TypeVar("Entry", Network, Method)


def read_configuration(config: Plain, families: Registry[Family]) -> Configuration:
    """Return a checked configuration with every default filled in.

    Raises:
        ConfigurationError: listing each wrong key with where it is and what is allowed there.
    """
    plain = take_plain(config)
    raise_for(describe_earlier_form(plain, families))
    reader = _Reader(plain, families)
    configuration = reader.read_all()
    raise_for(reader.problems)
    return configuration


class _Reader:
    """Reads a configuration section by section and gathers what is wrong with it."""

    def __init__(self, plain: Plain, families: Registry[Family]) -> None:
        self.plain, self.families = plain, families
        self.trained = {name: family for name, family in families.items() if family.network}
        self.problems: list[str] = []

    def read_all(self) -> Configuration:
        """Return the configuration; what is wrong with it is left out."""
        sections = self._read_sections()
        networks = self._read_entries("networks", self._read_network)
        methods = self._read_entries("methods", self._read_method)
        configuration = Configuration.model_construct(
            **sections, networks=networks, methods=methods
        )
        if sections and self.plain["methods"]:
            self.problems += check_references(configuration, self.plain)
        return configuration

    def _read_sections(self) -> dict[str, Any]:
        """Return all but networks and methods; nothing where something is wrong."""
        allowed = list(Configuration.model_fields)
        for key in self.plain:
            if key not in allowed:
                self.problems.append(f"top level: {describe_unknown_key(key, allowed)}")
        if not self.plain["methods"]:
            self.problems.append("top level: methods is missing")
        plain = {key: self.plain[key] for key in Sections.model_fields if key in self.plain}
        sections = self._read(Sections, plain, "")
        return {key: getattr(sections, key) for key in Sections.model_fields if sections}

    def _read_entries(
        self, catalogue: str, read: Callable[[str, Plain, str], Entry | None]
    ) -> dict[str, Entry]:
        """Return the entries of a catalogue in which nothing is wrong."""
        plain = self.plain[catalogue]
        found = {name: read(name, entry, f"{catalogue}.{name}") for name, entry in plain.items()}
        return {name: entry for name, entry in found.items() if entry is not None}

    def _read_network(self, name: str, plain: Plain, where: str) -> Network | None:
        if plain.get("family") is None:
            known = ", ".join(self.trained)
            self.problems.append(f"{where}: family is missing; choose one of {known}")
            return None
        family = self._find_family(plain["family"], self.trained, where)
        if family is None or family.network is None:
            return None
        methods = self.plain["methods"].items()
        users = [key for key, method in methods if method.get("network") == name]
        misplaced = describe_misplaced_in_network(name, plain, family.network, family.method, users)
        return self._read(family.network, plain, where, misplaced)

    def _read_method(self, name: str, plain: Plain, where: str) -> Method | None:
        key = self._family_of_method(plain, where)
        family = self._find_family(key, self.families, where) if key else None
        if family is None:
            return None
        misplaced = describe_misplaced_in_method(plain, family.method, self._used_by(plain))
        return self._read(family.method, {**plain, "family": key}, where, misplaced)

    def _find_family(self, key: Any, known: Mapping[str, Family], where: str) -> Family | None:
        if isinstance(key, str) and key in known:
            return known[key]
        self.problems.append(f"{where}.family: {name_value(key)} is not one of: {', '.join(known)}")
        return None

    def _family_of_method(self, plain: Plain, where: str) -> Any:
        """Return the family that a method names, or that follows from what it is made of.

        None where none follows, which is told here, or where the network stands.
        """
        if plain.get("family"):
            return plain["family"]
        network, networks = plain.get("network"), self.plain["networks"]
        if "network" in plain and "networks" in plain:
            problem = ": network and networks are both given; define another method for one of them"
        elif "networks" in plain:
            return "ensemble"
        elif "network" not in plain:
            problem = ": nothing says how it is made; give network, networks or family"
        elif str(network) not in networks:
            problem = f".network: {describe_undefined(network, networks)}"
        else:
            return self._family_of_network(networks[str(network)])
        self.problems.append(f"{where}{problem}")
        return None

    def _family_of_network(self, network: Plain) -> str | None:
        family = str(network.get("family"))
        return family if family in self.trained else None

    def _used_by(self, method: Plain) -> dict[str, type[Network]]:
        """Return the networks that a method uses, as far as there are any, with their classes."""
        names = method.get("networks", [method.get("network")])
        used = {}
        for name, network in self.plain["networks"].items():
            family = self._family_of_network(network)
            if family and isinstance(names, list) and name in names:
                used[name] = self.trained[family].network or Network
        return used

    def _read(
        self, settings: type[Settings], plain: Plain, where: str, misplaced: Mapping[str, str] = {}
    ) -> Any:
        """Return the settings of a section, or None where something is wrong."""
        self.problems += [f"{where}: {problem}" for problem in misplaced.values()]
        kept = {key: value for key, value in plain.items() if key not in misplaced}
        try:
            return settings.read(kept)
        except ValidationError as error:
            self.problems += describe_errors(error, settings, kept, where)
            return None
