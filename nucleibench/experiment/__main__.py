"""Check a configuration without running anything: python -m nucleibench.experiment FILES.

The files are laid over config.yaml in their order, as `snakemake --configfile FILES` does it. What
is wrong is named with its file and line, or with its key.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nucleibench.errors import NucleiBenchError
from nucleibench.experiment.experiment import Experiment
from nucleibench.experiment.yaml_files import read_yaml

ROOT = Path(__file__).resolve().parents[2]


def lay_over(base: Any, changes: Any) -> Any:
    """Return a configuration with another laid over it: sections merge, all else is replaced."""
    if not (isinstance(base, Mapping) and isinstance(changes, Mapping)):
        return changes
    return {**base, **{k: lay_over(base.get(k), value) for k, value in changes.items()}}


def main(arguments: list[str]) -> int:
    """Check, and say what will be compared or what is wrong."""
    parser = ArgumentParser("python -m nucleibench.experiment", description=__doc__)
    parser.add_argument("files", nargs="*", help="changes to config.yaml, in their order")
    files = parser.parse_args(arguments).files
    try:
        config = read_yaml(ROOT / "config.yaml")
        for file in files:
            config = lay_over(config, read_yaml(file))
        experiment = Experiment.read(config, ROOT)
        experiment.check(cached=False)
    except NucleiBenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    print(f"right: {len(experiment.compared)} rows from {len(experiment.trained)} trainings")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
