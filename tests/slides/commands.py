"""The command ``nucleibench segment`` as a user calls it, and images to give it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEGMENT = [sys.executable, "-m", "nucleibench", "segment"]
FAST = ["--turns", "1", "--threads", "1"]
ENVIRONMENT = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "PYTHONPATH": str(ROOT)}


@dataclass
class Said:
    """What a command returned, and what it said."""

    status: int
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def call(*arguments) -> Said:
    """Call ``nucleibench segment`` in a process of its own."""
    result = subprocess.run(
        [*SEGMENT, *map(str, arguments)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert result.stdout == ""
    return Said(result.returncode, result.stderr)


def call_in_turn(*commands) -> list[Said]:
    """Call ``nucleibench segment`` several times in one process; the libraries are silent."""
    lines = [["segment", *map(str, arguments)] for arguments in commands]
    result = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("command_lines.py"))],
        input=json.dumps(lines),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert (result.returncode, result.stderr) == (0, "")
    return [Said(*answer) for answer in json.loads(result.stdout)]
