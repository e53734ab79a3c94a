"""Write what is made from the classes of settings: python -m nucleibench.experiment.write."""

import json
from pathlib import Path
from typing import Any

import yaml

from nucleibench.experiment.manual import write_manual
from nucleibench.experiment.schema import build_schema
from nucleibench.families.registry import own_families
from nucleibench.files import atomic_path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m nucleibench.experiment.write"
NOTE = "# `make documents` writes this file from the classes of settings. Do not edit it.\n"
WIDTH = 100


def make_documents() -> dict[str, str]:
    """Return file -> content, of this package's families and of no others that are installed."""
    schema = build_schema(own_families())
    return {
        "schemas/config.schema.yaml": NOTE + _yaml(schema),
        "docs/configuration.md": write_manual(schema),
    }


class _Dumper(yaml.SafeDumper):
    """Writes what is short in one line, and long texts without quotes."""

    def represent_data(self, data: Any) -> yaml.Node:
        if isinstance(data, str) and "\n" in data:
            return self.represent_scalar("tag:yaml.org,2002:str", data, style=">")
        node = super().represent_data(data)
        if isinstance(node, yaml.CollectionNode):
            node.flow_style = len(json.dumps(data)) < WIDTH - 30 and "description" not in data
        return node

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _yaml(schema: dict[str, Any]) -> str:
    return yaml.dump(schema, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True)


def main() -> None:
    """Write all documents."""
    for name, content in make_documents().items():
        with atomic_path(ROOT / name) as temporary:
            temporary.write_text(content)
        print(f"wrote {name}")


if __name__ == "__main__":
    main()
