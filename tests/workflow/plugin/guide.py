"""The code blocks of docs/extend.md, and their lines applied to files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "extend.md").read_text()

PATH = re.compile(r"^`([\w./-]+)`.*:$")
BLOCK = re.compile(r"^```(\w+)$")


@dataclass(frozen=True)
class Block:
    """A code block, and the file that the line before it names, if any."""

    path: str
    language: str
    text: str

    def apply(self, folder: Path) -> None:
        """Write the file below a folder, or change its lines where the block is a difference."""
        file = folder / self.path
        if self.language != "diff":
            assert not file.exists(), f"{self.path} is there already"
            file.write_text(self.text)
            return
        old, new = (self._side(sign) for sign in "-+")
        text = file.read_text()
        assert text.count(old) == 1, f"{self.path} does not have once:\n{old}"
        file.write_text(text.replace(old, new))

    def _side(self, sign: str) -> str:
        lines = self.text.splitlines(keepends=True)
        return "".join(line[1:] or "\n" for line in lines if line[0] in (" ", sign))


def read_blocks(heading: str) -> list[Block]:
    """Return the blocks below a heading of the guide."""
    section = GUIDE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return list(_blocks(iter(section.splitlines(keepends=True))))


def read_configuration_of(heading: str) -> dict:
    """Return the configuration that the guide shows below a heading."""
    return yaml.safe_load(next(b.text for b in read_blocks(heading) if b.language == "yaml"))


def _blocks(lines: Iterator[str]) -> Iterator[Block]:
    path = ""
    for line in lines:
        if found := PATH.match(line.rstrip("\n")):
            path = found[1]
        elif found := BLOCK.match(line.rstrip("\n")):
            text = "".join(iter(lambda: next(lines), "```\n"))
            yield Block(path, found[1], text)
            path = ""
