"""Run command lines of ``nucleibench`` in one process, for a network library loads slowly.

Reads a list of argument lists from standard input; writes for each what it returned, and said, to
standard output. What reaches standard error itself comes from libraries.
"""

import contextlib
import io
import json
import sys

from nucleibench.cli import main
from nucleibench.compute import runtime

configure = runtime.configure


def configure_once(*arguments, **options):
    """Configure, which is possible once in a process."""
    configure(*arguments, **options)
    runtime.configure = lambda *arguments, **options: None


def run(arguments):
    """Return the exit status and what was said."""
    with contextlib.redirect_stderr(io.StringIO()) as said:
        try:
            status = main(arguments)
        except SystemExit as end:
            status = end.code
    return status, said.getvalue()


if __name__ == "__main__":
    runtime.configure = configure_once
    print(json.dumps([run(arguments) for arguments in json.load(sys.stdin)]))
