"""Commands of other tools: placeholders in them, and their words."""

import shlex
from collections.abc import Iterator

NEEDED = ("images", "output")
PLACEHOLDERS = (*NEEDED, "threads", "root")
"""Each stands for a variable of the shell, which scripts/run_command.sh sets."""


def check_command(command: str) -> None:
    """Raise ValueError where a placeholder is missing, or anything stands in open quotes."""
    for name in NEEDED:
        if f"{{{name}}}" not in command:
            raise ValueError(f"the command has no {{{name}}}, so that it does not know the folder")
    for name in PLACEHOLDERS:
        if any(map(_is_open, _texts_before(command, f"{{{name}}}"))):
            raise ValueError(f"{{{name}}} stands in quotes; remove them, as it is quoted anyway")
    if _is_open(command):
        raise ValueError("a quote in the command is not closed")


def write_for_shell(command: str) -> str:
    """Return a command with a quoted variable of the shell in place of each placeholder."""
    for name in PLACEHOLDERS:
        command = command.replace(f"{{{name}}}", f'"${name}"')
    return command


def list_words(command: str) -> tuple[str, ...]:
    """Return the words of a command, any of which can be a file: of ``--model=a.h5`` the end."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.wordchars += "{}@:+,%"
    return tuple(dict.fromkeys(word.rpartition("=")[2] for word in lexer))


def _texts_before(command: str, placeholder: str) -> Iterator[str]:
    parts = command.split(placeholder)
    return (placeholder.join(parts[:count]) for count in range(1, len(parts)))


def _is_open(text: str) -> bool:
    """Tell whether a quote in a text of the shell is not closed, or its end is escaped."""
    try:
        shlex.split(text)
    except ValueError:
        return True
    return False
