"""Predictions of other tools: folders that are there, and jobs of their commands."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from nucleibench.experiment.messages import raise_for
from nucleibench.families.interface import Method
from nucleibench.files import file_digest

ROOT = "{root}"
"""In words of a command and in paths of environments: the folder of the Snakefile."""


class ExternalPlan:
    """Methods whose predictions no network of the experiment makes."""

    def __init__(
        self, methods: Mapping[str, Method], root: Path, environment: Callable[[str], str]
    ) -> None:
        """Take the methods by name, the folder of the Snakefile, and how environments are found."""
        self.methods, self.root, self.find_environment = methods, root, environment
        found = {name: method.predicting_command() for name, method in methods.items()}
        self.commands = {name: command for name, command in found.items() if command}

    def folder(self, method: str, dataset: str) -> str | None:
        """Return the folder of the predictions of a dataset; None where a method has none."""
        if method in self.commands:
            return f"<results>/external/{method}/{dataset}"
        return self.methods[method].given_predictions(dataset)

    def digests(self, method: str, dataset: str) -> dict[str, str]:
        """Return the files of predictions that are there, with their SHA-256."""
        folder = self.methods[method].given_predictions(dataset)
        paths = sorted(Path(folder).glob("[!.]*")) if folder else []
        return {path.name: _digest(path) for path in paths if path.is_file()}

    def command(self, method: str) -> dict[str, Any]:
        """Return what decides the predictions of a command: itself, and the files that it names."""
        command = self.commands[method]
        words = (*command.words, command.environment)
        files = {word: path for word in words if (path := self._locate(word)).is_file()}
        return {
            "command": command.shell,
            "files": {word: _digest(path) for word, path in files.items()},
        }

    def environment(self, method: str) -> str:
        """Return the conda environment of a command."""
        name = self.commands[method].environment
        return str(self._locate(name)) if _is_file_name(name) else self.find_environment(name)

    def gpus(self, method: str) -> int:
        """Return the accelerators that a command asks for."""
        return self.commands[method].gpus

    def check_files(self, compared: Iterable[str], datasets: Iterable[str]) -> None:
        """Raise ConfigurationError where predictions or an environment are not there.

        Args:
            compared: names of methods.
            datasets: names of datasets, each of which needs predictions.
        """
        raise_for(
            problem for name in compared for problem in self._describe_missing(name, datasets)
        )

    def _describe_missing(self, method: str, datasets: Iterable[str]) -> Iterator[str]:
        where = f"methods.{method}"
        if method in self.commands:
            path = self.environment(method)
            if not Path(path).is_file():
                yield f"{where}.conda: there is no file {path}; correct the path"
            return
        for dataset in datasets if self._is_given(method, datasets) else ():
            folder = self.methods[method].given_predictions(dataset)
            if folder is None:
                yield f"{where}.predictions: has no folder for {dataset}; add {dataset}: folder"
            elif not Path(folder).is_dir():
                yield f"{where}.predictions: there is no folder {folder}; correct the path"

    def _is_given(self, method: str, datasets: Iterable[str]) -> bool:
        return any(self.methods[method].given_predictions(dataset) for dataset in datasets)

    def _locate(self, word: str) -> Path:
        return Path(word.replace(ROOT, str(self.root))).absolute()


def _is_file_name(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _digest(path: Path) -> str:
    status = path.stat()
    return _digest_version(path, status.st_size, status.st_mtime_ns)


@cache
def _digest_version(path: Path, size: int, changed: int) -> str:
    return file_digest(path)
